import type { RawRecord } from '#libs/contracts';

/** A header as Kafka has it. */
export interface Header {
  name: Buffer;
  value: Buffer | null;
}

const LENGTH_BYTES = 4;

/**
 * Writes headers as the quarantine keeps them: one after another, in their order, each as the length of its name
 * (int32, big-endian), the name, the length of its value, the value. A name that comes again is there again; a value
 * that is null has the length -1. Total: any name and any value can be written.
 */
export function encodeHeaders(headers: RawRecord['headers']): Buffer {
  const parts = Object.entries(headers).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).flatMap((value) => [
      sized(name),
      value === undefined ? NULL : sized(value),
    ]),
  );
  return Buffer.concat(parts);
}

/** Reads what `encodeHeaders` wrote. Where the bytes end too early, so do the headers. */
export function decodeHeaders(bytes: Buffer): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at < bytes.length;) {
    const name = partAt(bytes, at);
    const value = name && partAt(bytes, name.end);
    if (!name?.bytes || !value) break;
    headers.push({ name: name.bytes, value: value.bytes });
    at = value.end;
  }
  return headers;
}

/** Headers as events are read from them: a name that comes again has all its values, a null value is an empty one. */
export function namedHeaders(headers: readonly Header[]): RawRecord['headers'] {
  const named = new Map<string, Buffer | Buffer[]>();
  for (const { name, value } of headers) {
    const text = name.toString('utf8');
    const bytes = value ?? Buffer.alloc(0);
    const before = named.get(text);
    if (before === undefined) named.set(text, bytes);
    else named.set(text, Array.isArray(before) ? [...before, bytes] : [before, bytes]);
  }
  return Object.fromEntries(named);
}

const NULL = Buffer.alloc(LENGTH_BYTES, 0xff);

function sized(part: Uint8Array | string): Buffer {
  const bytes = Buffer.from(part as string);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function partAt(bytes: Buffer, at: number): { bytes: Buffer | null; end: number } | null {
  const from = at + LENGTH_BYTES;
  if (from > bytes.length) return null;
  const length = bytes.readInt32BE(at);
  if (length < 0) return { bytes: null, end: from };
  const end = from + length;
  return end > bytes.length ? null : { bytes: bytes.subarray(from, end), end };
}
