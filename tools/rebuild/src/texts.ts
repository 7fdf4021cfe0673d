import type { PartitionBounds } from '#libs/event-log';

/** What a record that was filled from Kafka cannot know, for a person. */
export function unknownText(bounds: readonly PartitionBounds[]): string {
  const cut = bounds.filter(({ low }) => BigInt(low) > 0n);
  if (cut.length === 0) return 'Kafka has every message from the first on: the record knows what was ever said\n';
  const places = cut.map(({ topic, partition, low }) => `  ${topic}, partition ${partition}: offsets before ${low}`);
  return `Kafka does not keep everything any more. What these said is not known, unless it was said again:
${places.join('\n')}
Of sessions from that time this may be missing: the session itself, its title and other fields, its first start and so who
held a room before, its end, signals, peaks and viewer history. A session whose end is missing is ended when its lease is over.
`;
}
