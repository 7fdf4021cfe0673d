import type { EventOn } from './read-envelope';
import type { TopicName } from './topics';

type Said = Pick<EventOn[TopicName], 'type' | 'subject' | 'time' | 'micros' | 'sequence' | 'odd_sequence'>;

/**
 * What an event says beside its identity, as one text: equal for equal content, however it is written. Two events of one
 * source and id that differ in it contradict each other. `data`: the event's, as JSON.
 */
export function eventContent({ type, subject, time, micros, sequence, odd_sequence: odd }: Said, data: string): string {
  const said = [type, subject, time, odd ?? sequence ?? '0'];
  // Most times have no microseconds. Leaving them out then keeps the content that older versions computed.
  if (micros !== 0) said.push(micros);
  return `[${JSON.stringify(said).slice(1, -1)},${data}]`;
}
