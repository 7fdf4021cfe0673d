import type { EventOn } from './read-envelope';
import type { TopicName } from './topics';

type Said = Pick<EventOn[TopicName], 'type' | 'subject' | 'time' | 'sequence' | 'odd_sequence'>;

/**
 * What an event says beside its identity, as one text: equal for equal content, however it is written. Two events of one
 * source and id that differ in it contradict each other. `data`: the event's, as JSON.
 */
export function eventContent({ type, subject, time, sequence, odd_sequence: odd }: Said, data: string): string {
  return `[${JSON.stringify([type, subject, time, odd ?? sequence ?? '0']).slice(1, -1)},${data}]`;
}
