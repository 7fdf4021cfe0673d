import type { Sent } from './outlet';
import type { View } from './view';

/** How far a listener of a view is: of a slow one nothing else is kept, whatever it misses. */
export interface Following {
  /** The last frame sent to it. */
  frame: number;
  /** It could not take what was due. */
  isBehind: boolean;
  owesHeartbeat: boolean;
  /** How many jobs there had been when it began to follow: it knows more than those say. */
  jobsBefore: number;
}

/** A frame on its way to the followers of a view: to those who are at frame `from`, which brings them to `to`. */
export interface Job<L> {
  view: View;
  sent: Sent;
  from: number;
  to: number;
  /** How many jobs there had been before. */
  number: number;
  rest: Iterator<[L, Following]>;
}

/** The next ones that are exactly where the job begins: others were answered later, or are slow and get it later. */
export function nextBatch<L>({ rest, from, sent, number }: Job<L>, max: number): [L, Following][] {
  const batch: [L, Following][] = [];
  while (batch.length < max) {
    const { value, done } = rest.next();
    if (done) break;
    const [, following] = value;
    if (following.isBehind) following.owesHeartbeat ||= sent.event === 'heartbeat';
    else if (following.frame === from && following.jobsBefore <= number) batch.push(value);
  }
  return batch;
}
