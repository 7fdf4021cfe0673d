/** Name and value (base64; null: none) of each header, in one order, however they are kept. */
export type ComparableHeaders = [name: string, value: string | null][];

/** As the quarantine keeps them: length and name, length and value, one after another; no value has the length -1. */
export function headersInQuarantine(stored: Buffer): ComparableHeaders {
  return inOrder(fromBytes(stored));
}

export function headersInKafka(headers: Record<string, Buffer | Buffer[]>): ComparableHeaders {
  return inOrder(
    Object.entries(headers).flatMap(([name, given]) =>
      [given].flat().map((value): ComparableHeaders[number] => [name, value.toString('base64')]),
    ),
  );
}

function fromBytes(bytes: Buffer): ComparableHeaders {
  const parts: (Buffer | null)[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readInt32BE(at);
    at += 4;
    parts.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(0, length);
  }
  const headers: ComparableHeaders = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    headers.push([String(parts[at]), parts[at + 1]?.toString('base64') ?? null]);
  }
  return headers;
}

/** Those of one name stay as they follow each other. */
function inOrder(headers: ComparableHeaders): ComparableHeaders {
  return headers.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
