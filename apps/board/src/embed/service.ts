import { type Pauses, againAfterMs } from '../api/again';
import { Marquee } from '../sdk';

interface Settings {
  gateway_url: string;
}

/** An element that is moved on its page is taken away for a moment. */
const KEPT_UNUSED_MS = 30_000;
const PAUSES: Pauses = { firstMs: 1000, longestMs: 60_000 };

/** A Marquee that elements of this page follow: one client for all of them, closed a while after the last has gone. */
export class Service {
  private users = 0;
  private made: Promise<Marquee> | undefined;
  private closing = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `api`: the origin of its query service. */
  constructor(private readonly api: string) {}

  /** Resolves as soon as the query service says where the gateway is; rejects if nobody waits for it any more. */
  use(): Promise<Marquee> {
    clearTimeout(this.timer);
    this.users += 1;
    this.made ??= this.make(this.closing.signal);
    return this.made;
  }

  leave(): void {
    this.users -= 1;
    if (this.users === 0) this.timer = setTimeout(() => this.close(), KEPT_UNUSED_MS);
  }

  private close(): void {
    this.made?.then(
      (client) => client.close(),
      () => undefined,
    );
    this.closing.abort();
    this.closing = new AbortController();
    this.made = undefined;
  }

  private async make(closed: AbortSignal): Promise<Marquee> {
    for (let failures = 1; ; failures += 1) {
      const gateway = await gatewayOf(this.api).catch(() => undefined);
      closed.throwIfAborted();
      if (gateway !== undefined) return new Marquee({ gateway, api: this.api });
      await new Promise((resolve) => setTimeout(resolve, againAfterMs(failures, PAUSES)));
      closed.throwIfAborted();
    }
  }
}

async function gatewayOf(api: string): Promise<string> {
  const answer = await fetch(new URL('/board-config.json', api));
  if (!answer.ok) throw new Error(`${api}/board-config.json was answered with ${answer.status}`);
  return ((await answer.json()) as Settings).gateway_url;
}

const services = new Map<string, Service>();

export function serviceOf(api: string): Service {
  const service = services.get(api) ?? new Service(api);
  services.set(api, service);
  return service;
}

/** Where this script came from: an element that names no `api` asks there. */
export const OWN_ORIGIN = new URL(import.meta.url).origin;
