import type { LogRecord } from '../oracle/kafka-log';
import type { QuarantineRow } from '../oracle/record-rows';
import { headersInKafka, headersInQuarantine } from '../oracle/stored-headers';
import type { Truth } from '../oracle/truth';

/** I2 and I14: in quarantine is what nobody can take, each once, as it was sent; and nothing else. */
export function quarantineAgainst({ poison, conflicts }: Truth, rows: readonly QuarantineRow[], prefix: string) {
  const meant = [...poison.map(({ record }) => record), ...conflicts];
  const place = ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint | string }) =>
    `${topic}/${partition}@${offset}`;
  const found = new Map<string, QuarantineRow[]>();
  for (const row of rows) {
    const at = place({ ...row, topic: row.topic.slice(prefix.length + 1) });
    found.set(at, [...(found.get(at) ?? []), row]);
  }
  const dropped = meant.flatMap((record) => {
    const [row, ...more] = found.get(place(record)) ?? [];
    if (!row || more.length > 0) return [`${place(record)} has ${row ? 1 + more.length : 0} rows`];
    return isSame(row, record) ? [] : [`${place(record)} is not as it was sent`];
  });
  const meantPlaces = new Set(meant.map(place));
  const valid = [...found]
    .filter(([at]) => !meantPlaces.has(at))
    .map(([at, [row]]) => `${at} is in quarantine: ${row?.reason}, ${row?.error}`);
  return { dropped, valid };
}

function isSame(row: QuarantineRow, record: LogRecord): boolean {
  const base64 = (bytes: Buffer | null) => bytes && bytes.toString('base64');
  return (
    base64(row.key) === base64(record.key) &&
    base64(row.value) === base64(record.value) &&
    JSON.stringify(headersInQuarantine(row.headers)) === JSON.stringify(headersInKafka(record.headers))
  );
}
