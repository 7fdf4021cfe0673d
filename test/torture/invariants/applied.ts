import type { LogRow } from '../oracle/record-witness';
import { type Truth, identityOf } from '../oracle/truth';

/** How long a lifecycle event took from the broker's time of its first copy to its row. */
export interface Applied {
  source: string;
  /** The broker's time, epoch ms. */
  at: number;
  ms: number;
}

export function applied({ told }: Truth, log: readonly LogRow[]): Applied[] {
  const first = new Map<string, number>();
  for (const one of told) {
    const identity = identityOf(one);
    first.set(identity, Math.min(first.get(identity) ?? Infinity, one.record.timestamp));
  }
  return log.flatMap(({ day, source, id, received_at: receivedAt }) => {
    const at = first.get(`${day} ${source} ${id}`);
    return at === undefined ? [] : [{ source, at, ms: Math.max(0, receivedAt.getTime() - at) }];
  });
}
