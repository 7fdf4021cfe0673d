import type { QueryRunner } from 'typeorm';
import { makePartitions } from '../../partitions/ensure-partitions';
import { PARTITIONED } from '../../partitions/partitioned';
import { type OldEvent, cloudEventOf, eventsOf, microsOf } from './old-events';
import { grouped } from './grouped';
import { pagesOf } from './pages';
import { partsOf } from './parts';

const DAY_MS = 86_400_000;

/** Moves the older event log into the inbox and the log. Heartbeats stay behind. Gives how many events were moved. */
export async function moveEvents(runner: QueryRunner): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const partitioned = PARTITIONED.filter(({ table }) => table === 'event_inbox' || table === 'session_log');
  for (const one of partitioned) await makePartitions(runner, one, Date.now());
  let moved = 0;
  for await (const page of pagesOf<{ id: string }>(runner, SUBJECTS)) {
    const ids = page.map(({ id }) => id);
    await runner.query(INBOX, [ids, today]);
    for (const part of await partsOf(runner, ids)) {
      const said = (await eventsOf(runner, part)).filter(({ type }) => type !== HEARTBEAT);
      await runner.query(LOG, [JSON.stringify(logRows(said))]);
      moved += said.length;
    }
  }
  return moved;
}

/** Of each subject and day of receipt one row, as if a slice had brought it. Nobody knows any more where it lay. */
function logRows(events: readonly OldEvent[]) {
  const groups = grouped(events, ({ subject, received_at: ms }) => `${subject} ${Math.floor(ms / DAY_MS)}`);
  return [...groups.values()].map((of) => ({
    subject: of[0]?.subject,
    received: of.at(-1)?.received_at,
    entries: JSON.stringify(
      of.map((event) => [null, microsOf(event), event.broker_time, 'applied', [], cloudEventOf(event)]),
    ),
  }));
}

const HEARTBEAT = 'session.heartbeat.v1';

const SUBJECTS = `SELECT DISTINCT subject AS id FROM event_log WHERE subject > $1 ORDER BY id LIMIT $2`;

// As the inbox knows events, see inbox/identity.ts: 16 bytes of the digest of source and id, and of the content as it was
// parsed; what no broker's clock can have said yet is kept with what is old.
const INBOX = `
  INSERT INTO event_inbox (identity, content, day)
  SELECT encode(substr(sha256(convert_to(source, 'UTF8') || '\\x00'::bytea || convert_to(id, 'UTF8')), 1, 16), 'hex')::uuid,
    encode(substr(digest, 1, 16), 'hex')::uuid,
    CASE WHEN (at AT TIME ZONE 'UTC')::date > $2::date + 5 THEN '-infinity' ELSE (at AT TIME ZONE 'UTC')::date END
  FROM event_log WHERE subject = ANY($1::uuid[]) AND type <> '${HEARTBEAT}'
  ON CONFLICT DO NOTHING`;

const LOG = `
  INSERT INTO session_log (day, subject, recorded_at, entries)
  SELECT (at AT TIME ZONE 'UTC')::date, subject, at, entries FROM (
    SELECT subject, timestamptz 'epoch' + received * interval '1 millisecond' AS at, entries
    FROM jsonb_to_recordset($1::jsonb) AS given (subject uuid, received float8, entries text)
  ) AS rows`;
