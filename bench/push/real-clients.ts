import { isDeepStrictEqual } from 'node:util';
import { type LiveUpdate, Marquee, type ViewQueryInput } from '#libs/client';
import type { Card } from '#libs/contracts';
import { eventually } from '../../test/given/eventually';

/** Some clients of the SDK among all the others, by whom it is seen whether what is delivered is right. */
export class RealClients {
  private readonly clients: Marquee[];
  private readonly updates: LiveUpdate[] = [];

  constructor(gateway: string, query: ViewQueryInput, count = 3) {
    this.clients = Array.from({ length: count }, (_, index) => {
      const client = new Marquee({ gateway });
      client.live(query, (update) => {
        this.updates[index] = update;
      });
      return client;
    });
  }

  /** Resolves when all of them show exactly this; throws when they do not come to it. */
  async show(wanted: { total: number; cards: readonly Card[] }): Promise<void> {
    await eventually('the clients of the SDK show the list', async () => {
      for (const [index] of this.clients.entries()) {
        const { total, sessions, state } = this.updates[index] ?? { total: 0, sessions: [], state: 'loading' };
        const wrong = wanted.cards.findIndex((card, place) => !isDeepStrictEqual(card, sessions[place]));
        if (state === 'live' && total === wanted.total && wrong < 0) continue;
        const [shown, right] = [sessions[wrong], wanted.cards[wrong]].map((card) => JSON.stringify(card));
        throw new Error(`client ${index} is ${state}, ${total} of ${wanted.total}; at ${wrong} ${shown}, not ${right}`);
      }
      return true;
    });
  }

  close(): void {
    for (const client of this.clients) client.close();
  }
}
