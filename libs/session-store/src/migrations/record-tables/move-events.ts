import type { QueryRunner } from 'typeorm';
import { type OldEvent, cloudEventOf, eventsOf, microsOf } from './old-events';
import { pagesOf } from './pages';

const DAY_MS = 86_400_000;
const DAYS_BACK = 8;
const DAYS_AHEAD = 7;

/** Moves the older event log into the inbox and the log, with partitions for their days. Gives how many events there were. */
export async function moveEvents(runner: QueryRunner): Promise<number> {
  await makePartitions(
    runner,
    'event_inbox',
    `SELECT DISTINCT (at AT TIME ZONE 'UTC')::date::text AS day FROM event_log`,
  );
  await makePartitions(
    runner,
    'session_log',
    `SELECT DISTINCT (received_at AT TIME ZONE 'UTC')::date::text AS day FROM event_log`,
  );
  let moved = 0;
  for await (const page of pagesOf<{ id: string }>(runner, SUBJECTS)) {
    const ids = page.map(({ id }) => id);
    const events = await eventsOf(runner, ids);
    await runner.query(INBOX, [ids]);
    await runner.query(LOG, [JSON.stringify(logRows(events))]);
    moved += events.length;
  }
  return moved;
}

/** A partition for each day from eight days ago to a week ahead, and for later days that there are; one for all before. */
async function makePartitions(runner: QueryRunner, table: string, days: string): Promise<void> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const first = today - DAYS_BACK * DAY_MS;
  const own = Array.from({ length: DAYS_BACK + DAYS_AHEAD + 1 }, (_, n) => first + n * DAY_MS);
  const found = ((await runner.query(days)) as { day: string }[]).map(({ day }) => Date.parse(day));
  const all = new Set([...own, ...found.filter((day) => day > first)]);
  const text = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  await runner.query(
    `CREATE TABLE ${table}_older PARTITION OF ${table} FOR VALUES FROM (MINVALUE) TO ('${text(first)}')`,
  );
  for (const day of [...all].sort((a, b) => a - b)) {
    await runner.query(
      `CREATE TABLE ${table}_${text(day).replaceAll('-', '')} PARTITION OF ${table}
       FOR VALUES FROM ('${text(day)}') TO ('${text(day + DAY_MS)}')`,
    );
  }
}

/** Of each subject and day of receipt one row, as if a slice had brought it. Nobody knows any more where it lay. */
function logRows(events: readonly OldEvent[]) {
  const said = events.filter(({ type }) => type !== HEARTBEAT);
  const groups = Map.groupBy(said, ({ subject, received_at: ms }) => `${subject} ${Math.floor(ms / DAY_MS)}`);
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

// As the inbox knows events: 16 bytes of the digest of source and id, and of the content as it was parsed.
const INBOX = `
  INSERT INTO event_inbox (identity, content, day)
  SELECT encode(substr(sha256(convert_to(source, 'UTF8') || '\\x00'::bytea || convert_to(id, 'UTF8')), 1, 16), 'hex')::uuid,
    encode(substr(digest, 1, 16), 'hex')::uuid, (at AT TIME ZONE 'UTC')::date
  FROM event_log WHERE subject = ANY($1::uuid[]) AND type <> '${HEARTBEAT}'
  ON CONFLICT DO NOTHING`;

const LOG = `
  INSERT INTO session_log (day, subject, recorded_at, entries)
  SELECT (at AT TIME ZONE 'UTC')::date, subject, at, entries FROM (
    SELECT subject, timestamptz 'epoch' + received * interval '1 millisecond' AS at, entries
    FROM jsonb_to_recordset($1::jsonb) AS given (subject uuid, received float8, entries text)
  ) AS rows`;
