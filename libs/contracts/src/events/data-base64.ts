import { isJson, mediaTypeOf } from './content-mode';

// Keep a byte order mark: the text is then no JSON, and is refused.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export type DecodedData = { ok: true; envelope: object } | { ok: false; message: string };

/** Puts the JSON of `data_base64`, where an event has it, in the place of `data`. Zero bytes are absent data. */
export function decodeData(envelope: object): DecodedData {
  const { data_base64: encoded, ...rest } = envelope as Record<string, unknown>;
  if (encoded === undefined || encoded === null) return { ok: true, envelope };
  const { data, datacontenttype: type } = rest;
  if (data !== undefined && data !== null) return wrong('must not stand beside data');
  if (type !== undefined && type !== null && (typeof type !== 'string' || !isJson(mediaTypeOf(type)))) {
    return wrong(`is read where datacontenttype is JSON or absent, not ${JSON.stringify(type).slice(0, 100)}`);
  }
  const bytes = typeof encoded === 'string' ? fromBase64(encoded) : undefined;
  if (!bytes) return wrong('must be standard base64');
  if (bytes.length === 0) return { ok: true, envelope: { ...rest, data: undefined } };
  try {
    return { ok: true, envelope: { ...rest, data: JSON.parse(utf8.decode(bytes)) as unknown } };
  } catch {
    return wrong('must hold JSON in UTF-8');
  }
}

/** With padding or without. */
function fromBase64(text: string): Uint8Array | undefined {
  const signs = text.replace(/=+$/, '').length;
  const isPadded = signs !== text.length;
  if (!BASE64.test(text) || signs % 4 === 1 || (isPadded && text.length % 4 !== 0)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function wrong(message: string): DecodedData {
  return { ok: false, message };
}
