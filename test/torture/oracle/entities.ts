import type { LogRecord } from './kafka-log';
import type { Truth } from './truth';

export interface ExpectedEntity {
  kind: string | null;
  state: Record<string, unknown> | null;
}

/** Rooms, hosts and presets: the newest by time, then by offset; a tombstone has the end of the broker's millisecond. */
export function expectedEntities({ told, tombstones }: Truth): Map<string, ExpectedEntity> {
  const upserts = told
    .filter(({ record }) => record.topic === 'directory')
    .map((one) => ({
      id: one.subject,
      at: one.at,
      record: one.record,
      kind: one.type.split('.')[0] ?? null,
      state: one.data,
    }));
  const removals = tombstones.map((record: LogRecord) => ({
    id: String(record.key).toLowerCase(),
    at: record.timestamp * 1000 + 999,
    record,
    kind: null,
    state: null,
  }));
  const found = new Map<string, ExpectedEntity>();
  for (const [id, list] of Map.groupBy([...upserts, ...removals], (one) => one.id)) {
    list.sort((a, b) => a.at - b.at || (a.record.offset < b.record.offset ? -1 : 1));
    const kind = list.findLast((one) => one.kind !== null)?.kind ?? null;
    found.set(id, { kind, state: list.at(-1)?.state ?? null });
  }
  return found;
}
