import type { TopicName } from '#libs/contracts';
import { sourceName } from '#libs/session-store';
import type { ReadSlice } from './read-slice';
import type { Sent } from './storm-watch';

/**
 * How much of what was read came from whom, and how much of that is unreadable. A tombstone names nobody and counts for
 * nobody.
 */
export function sentBySource(...reads: Pick<ReadSlice<TopicName>, 'good' | 'evidence'>[]): Map<string, Sent> {
  const sent = new Map<string, Sent>();
  for (const { good, evidence } of reads) {
    for (const one of good) if (one.kind === 'event') countOf(sent, one.event.source).messages += 1;
    for (const { source } of evidence.bad) {
      const count = countOf(sent, source);
      count.messages += 1;
      count.bad += 1;
    }
  }
  return sent;
}

function countOf(sent: Map<string, Sent>, source: string): Sent {
  const known = sent.get(source);
  if (known) return known;
  // A name that is cut or cleaned may be known by its bounded form.
  const name = sourceName(source);
  const count = sent.get(name) ?? { bad: 0, messages: 0 };
  sent.set(name, count);
  return count;
}
