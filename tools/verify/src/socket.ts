import type { Position, ViewQueryInput } from '#libs/contracts';
import { type Live, type LiveUpdate, Marquee } from '#libs/client';
import { CouldNotLook } from './could-not-look';

const ANSWER_LIMIT_MS = 20_000;

/** What a subscriber was told, and the position that it shows. */
export type Shown = LiveUpdate & { position: Position };

/** A subscriber of the gateway, by the client that everybody has. Throws CouldNotLook. */
export class Subscriber {
  private readonly marquee: Marquee;

  constructor(private readonly url: string) {
    this.marquee = new Marquee({ gateway: url });
  }

  /** What a new watch is told. */
  async watched(ids: readonly string[]): Promise<Shown> {
    return this.until(
      (changed) => this.marquee.watch(ids, changed),
      () => true,
    );
  }

  /** What a list shows as soon as `isEnough`; it goes on changing until then. */
  async list(query: ViewQueryInput, isEnough: (shown: Shown) => boolean): Promise<Shown> {
    return this.until((changed) => this.marquee.live(query, changed), isEnough);
  }

  close(): void {
    this.marquee.close();
  }

  private async until(
    follow: (changed: (update: LiveUpdate) => void) => Live,
    isEnough: (shown: Shown) => boolean,
  ): Promise<Shown> {
    let live: Live | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Shown>((resolve, reject) => {
        let last: LiveUpdate | undefined;
        const take = (update: LiveUpdate) => {
          last = update;
          const { state, at } = update;
          if (state === 'refused' && update.final) reject(this.away(`it refuses: ${update.error}`));
          if (state !== 'live' || !at) return;
          const shown = { ...update, position: { epoch: at[0], seq: at[1] } };
          if (isEnough(shown)) resolve(shown);
        };
        timer = setTimeout(() => reject(this.away(this.whyNot(last))), ANSWER_LIMIT_MS);
        live = follow(take);
      });
    } finally {
      clearTimeout(timer);
      live?.close();
    }
  }

  private whyNot(last: LiveUpdate | undefined): string {
    const { state, trouble, detail } = this.marquee.status;
    if (state !== 'connected') return `it cannot be reached: ${detail ?? trouble ?? state}`;
    if (last?.state === 'stale') return 'it says that its list may be old';
    return `there was no answer within ${ANSWER_LIMIT_MS / 1000} s${last?.state === 'refused' ? `: ${last.error}` : ''}`;
  }

  private away(why: string): CouldNotLook {
    return new CouldNotLook('socket', `${this.url}: ${why}`, 'see that GATEWAY_URL is the address of session-gateway');
  }
}
