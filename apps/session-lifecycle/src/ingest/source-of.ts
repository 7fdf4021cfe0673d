import { MAX_EVENT_BYTES, type RawRecord, attributesIn, contentMode, readHeaders } from '#libs/contracts';
import { sourceName } from '#libs/session-store';

/**
 * Who sent a record that cannot be read, as far as that can be read cheaply: in binary mode its header `ce_source`, else
 * `source` of its JSON. Empty where it names nobody, or several. Never throws; the name is bounded.
 */
export function sourceOf({ headers, value }: RawRecord): string {
  const { mediaType, ofEvent } = readHeaders(headers);
  const mode = contentMode(mediaType ?? '', ofEvent.length > 0);
  if (mode === 'binary' || mode === 'foreign') return sourceName(attributesIn(ofEvent).attributes['source']);
  if (value === null || value.length === 0 || value.length > MAX_EVENT_BYTES) return '';
  try {
    const parsed: unknown = JSON.parse(textOf(value));
    return typeof parsed === 'object' && parsed !== null && 'source' in parsed ? sourceName(parsed.source) : '';
  } catch {
    return '';
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
