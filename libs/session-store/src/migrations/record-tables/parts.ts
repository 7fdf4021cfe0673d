import type { QueryRunner } from 'typeorm';

/** So much is read and written at once; Postgres takes 256 MB of JSON in a statement. */
const PART_BYTES = 16_000_000;
/** Of an event beside its payload. */
const EVENT_BYTES = 500;

interface Measure {
  id: string;
  bytes: number;
}

/** Ids of sessions, in their order, in parts whose logs fit into memory; a part has at least one. */
export async function partsOf(runner: QueryRunner, ids: readonly string[]): Promise<string[][]> {
  const measures = (await runner.query(MEASURES, [ids, EVENT_BYTES])) as Measure[];
  const bytesOf = new Map(measures.map(({ id, bytes }) => [id, bytes]));
  const parts: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const bytes = bytesOf.get(id) ?? 0;
    const part = parts.at(-1);
    if (part && bytes <= room) part.push(id);
    else {
      parts.push([id]);
      room = PART_BYTES;
    }
    room -= bytes;
  }
  return parts;
}

// Of heartbeats no more than one is read of a session, see old-events.ts.
const MEASURES = `
  SELECT subject AS id, sum(octet_length(payload::text) + $2::integer)::float8 AS bytes FROM event_log
  WHERE subject = ANY($1::uuid[]) AND type <> 'session.heartbeat.v1' GROUP BY subject`;
