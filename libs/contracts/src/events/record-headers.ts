import { mediaTypeOf } from './content-mode';
import { type GivenHeader, type HeaderAttributes, headerAttributes } from './header-attributes';

type HeaderValue = Uint8Array | string;

/** The headers of a Kafka record; one that is given several times has a list. */
export type RecordHeaders = Record<string, HeaderValue | HeaderValue[] | undefined>;

export interface ReadHeaders {
  /** Lower case, without parameters; empty: none is given; null: several that differ. */
  mediaType: string | null;
  /** The headers whose names begin with `ce_`. */
  ofEvent: readonly GivenHeader<HeaderValue>[];
}

const PREFIX = 'ce_';
const CONTENT_TYPE = 'content-type';
const NONE: ReadHeaders['ofEvent'] = [];
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The content type that was read last, in bytes of its own: neighbours in a topic have the same. */
let known = { bytes: new Uint8Array(), mediaType: '' };

/** What the headers of a record say of how the event lies in it. Names are read in any letter case. */
export function readHeaders(headers: RecordHeaders): ReadHeaders {
  let mediaType: string | null | undefined;
  let ofEvent: GivenHeader<HeaderValue>[] | undefined;
  for (const name of Object.keys(headers)) {
    const given = headers[name];
    if (given === undefined) continue;
    if (name.length === CONTENT_TYPE.length && name.toLowerCase() === CONTENT_TYPE) {
      for (const value of Array.isArray(given) ? given : [given]) {
        const media = mediaTypeIn(value);
        mediaType = mediaType === undefined || mediaType === media ? media : null;
      }
    } else if (name.slice(0, PREFIX.length).toLowerCase() === PREFIX) {
      ofEvent ??= [];
      ofEvent.push([name, Array.isArray(given) ? given : [given]]);
    }
  }
  return { mediaType: mediaType === undefined ? '' : mediaType, ofEvent: ofEvent ?? NONE };
}

/** The attributes of an event in binary mode. */
export function attributesIn(ofEvent: ReadHeaders['ofEvent']): HeaderAttributes {
  return headerAttributes(ofEvent, { prefix: PREFIX, decode: textOf, form: 'UTF-8' });
}

function mediaTypeIn(value: HeaderValue): string {
  if (typeof value === 'string') return mediaTypeOf(value);
  if (!areEqual(value, known.bytes)) {
    known = { bytes: Uint8Array.from(value), mediaType: mediaTypeOf(textOf(value) ?? '') };
  }
  return known.mediaType;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function textOf(value: HeaderValue): string | undefined {
  try {
    return typeof value === 'string' ? value : utf8.decode(value);
  } catch {
    return undefined;
  }
}
