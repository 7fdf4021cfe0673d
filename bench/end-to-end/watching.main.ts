import { LightClient } from '../../test/given/light-client';

/** So many clients of the protocol follow a list, and note when they were shown what. */
export interface WatchOrder {
  url: string;
  query: object;
  clients: number;
}

/** What one client was shown, by session: times in epoch ms. */
export interface Witnessed {
  firstSeen: [id: string, at: number][];
  removed: [id: string, at: number][];
  /** Each greater count, in order. */
  counts: [id: string, shown: [count: number, at: number][]][];
  wrongs: string[];
}

class Witness {
  private readonly firstSeen = new Map<string, number>();
  private readonly removed = new Map<string, number>();
  private readonly counts = new Map<string, [number, number][]>();
  private readonly client: LightClient;

  constructor({ url, query }: WatchOrder) {
    this.client = new LightClient({ url: () => url, query, changed: (client) => this.note(client) });
  }

  get isFollowing(): boolean {
    return this.client.isFollowing;
  }

  get testimony(): Witnessed {
    const { firstSeen, removed, counts, client } = this;
    return { firstSeen: [...firstSeen], removed: [...removed], counts: [...counts], wrongs: client.wrongs };
  }

  private note({ held }: LightClient): void {
    const at = Date.now();
    for (const [id] of held.removed) this.removed.set(id, at);
    for (const { id, viewer_count } of held.cards.values()) {
      if (!this.firstSeen.has(id)) this.firstSeen.set(id, at);
      if (viewer_count !== null) this.noteCount(id, viewer_count, at);
    }
  }

  private noteCount(id: string, count: number, at: number): void {
    const shown = this.counts.get(id) ?? [];
    if ((shown.at(-1)?.[0] ?? 0) < count) shown.push([count, at]);
    this.counts.set(id, shown);
  }
}

const witnesses: Witness[] = [];

/** Resolves when all of them are shown the list. */
async function watch(order: WatchOrder): Promise<void> {
  for (let each = 0; each < order.clients; each += 1) witnesses.push(new Witness(order));
  while (!witnesses.every(({ isFollowing }) => isFollowing)) await new Promise((resolve) => setTimeout(resolve, 20));
}

process.on('message', (message: WatchOrder | 'tell') => {
  if (message === 'tell') process.send?.(witnesses.map(({ testimony }) => testimony));
  else void watch(message).then(() => process.send?.('following'));
});
process.on('disconnect', () => process.exit(0));
