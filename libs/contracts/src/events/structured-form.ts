import { contentMode } from './content-mode';
import type { RawRecord } from './read-event';
import { attributesIn, readHeaders } from './record-headers';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The event of a record that `readEvent` can read, as one JSON text in structured form: letter by letter as it was sent
 * where it was sent so; else its attributes, and its data letter by letter.
 */
export function structuredForm({ headers, value }: Pick<RawRecord, 'headers' | 'value'>): string {
  const { mediaType, ofEvent } = readHeaders(headers);
  const text = value ? utf8.decode(value) : '';
  if (contentMode(mediaType ?? '', ofEvent.length > 0) !== 'binary') return text;
  const attributes = JSON.stringify(attributesIn(ofEvent).attributes);
  return text === '' ? attributes : `${attributes.slice(0, -1)},"data":${text}}`;
}
