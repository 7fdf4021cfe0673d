import type { PartitionBounds } from '#libs/event-log';
import type { FoldedAgain } from '#libs/session-store';

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

const NAMED = 20;

export function foldedAgainText({ right, mended, notWhole }: FoldedAgain, changes: boolean): string {
  const did = changes ? 'mended' : 'to be mended';
  return `${right} right, ${mended.length} ${did}, ${notWhole.length} whose log is not whole${changes ? ' left as they are' : ''}
${listed(did, mended)}${listed('log not whole', notWhole)}`;
}

function listed(what: string, ids: readonly string[]): string {
  if (ids.length === 0) return '';
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  return `${what}: ${ids.slice(0, NAMED).join(' ')}${more}\n`;
}
