import type { LoggedEvent } from '../oracle/session-log';
import { type Truth, identityOf } from '../oracle/truth';

/** How long an event of a session took from the broker's time of its first copy until it was recorded. */
export interface Applied {
  source: string;
  /** The broker's time, epoch ms. */
  at: number;
  ms: number;
}

export function applied({ told }: Truth, logged: readonly LoggedEvent[]): Applied[] {
  const first = new Map<string, number>();
  for (const one of told) {
    const identity = identityOf(one);
    first.set(identity, Math.min(first.get(identity) ?? Infinity, one.record.timestamp));
  }
  return logged.flatMap((one) => {
    const at = first.get(identityOf(one));
    if (at === undefined || one.did === 'duplicate') return [];
    return [{ source: one.source, at, ms: Math.max(0, one.recordedAt.getTime() - at) }];
  });
}
