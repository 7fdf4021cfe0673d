import { mediaTypeOf } from './content-mode';
import { type GivenHeader, type HeaderAttributes, headerAttributes } from './header-attributes';

type HeaderValue = Uint8Array | string;

/** The headers of a Kafka record; one that is given several times has a list. */
export type RecordHeaders = Record<string, HeaderValue | HeaderValue[] | undefined>;

export interface ReadHeaders {
  /** Lower case, without parameters; empty: none is given; null: several that differ. */
  mediaType: string | null;
  /** Whether there are headers that begin with `ce_`. */
  hasAttributes: boolean;
  attributes(): HeaderAttributes;
}

const PREFIX = 'ce_';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the headers of a record say of the event in it. Names are read in any letter case. */
export function readHeaders(headers: RecordHeaders): ReadHeaders {
  const ofEvent: GivenHeader<HeaderValue>[] = [];
  const mediaTypes = new Set<string>();
  for (const [name, given] of Object.entries(headers)) {
    if (given === undefined) continue;
    const values = Array.isArray(given) ? given : [given];
    if (name.slice(0, PREFIX.length).toLowerCase() === PREFIX) ofEvent.push([name, values]);
    else if (name.toLowerCase() === 'content-type')
      for (const value of values) mediaTypes.add(mediaTypeOf(textOf(value) ?? ''));
  }
  const [mediaType = ''] = mediaTypes;
  return {
    mediaType: mediaTypes.size > 1 ? null : mediaType,
    hasAttributes: ofEvent.length > 0,
    attributes: () => headerAttributes(ofEvent, { prefix: PREFIX, decode: textOf, form: 'UTF-8' }),
  };
}

function textOf(value: HeaderValue): string | undefined {
  try {
    return typeof value === 'string' ? value : utf8.decode(value);
  } catch {
    return undefined;
  }
}
