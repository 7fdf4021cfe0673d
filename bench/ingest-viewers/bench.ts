import { ingestCourse } from '../ingest/course';
import { idOf } from '../ingest/given-events';
import { BARE, FLOOR, USUAL } from '../ingest/ground';
import type { Marquee, RunningLifecycle } from '../ingest/marquee';
import type { Sql } from '../ingest/sql';
import type { Bench } from '../machinery/course';
import { backlog, countsPerSession, lastCount, started } from './backlog';

const SESSIONS = 10_000;
const EVENTS = 1_000_000;
/** The usual way has shown its rate after these; of a smaller size after fewer. */
const USUAL_EVENTS = 5000;

export const bench: Bench = {
  about: 'viewer counts of 10 000 live sessions from Kafka through Postgres and Redis',
  prepare: (arena, { scale }) => {
    const sessions = Math.max(12, Math.round(SESSIONS * Math.min(scale, 1)));
    const counts = countsPerSession(Math.round(EVENTS * scale), sessions);
    const nowMs = Date.now();
    return ingestCourse({
      arena,
      topic: 'viewers',
      before: started(sessions, nowMs),
      backlog: backlog(sessions, counts, nowMs),
      peers: [
        {
          name: FLOOR,
          script: 'bench/ingest-viewers/peers/durable-floor/main.js',
          verify: (sql) => verifyFloor(sql, sessions, counts),
        },
        {
          name: USUAL,
          script: 'bench/ingest-viewers/peers/usual-way/main.js',
          events: Math.round(USUAL_EVENTS * Math.min(scale, 1)),
          env: { SESSIONS: String(sessions) },
        },
      ],
      verify: (running, marquee) => verify(running, marquee, sessions, counts),
      targets: [
        { name: 'events/s, to bare kafkajs', metric: 'events/s', against: BARE, bound: { atLeast: 0.45 } },
        { name: 'events/s, to the durable floor', metric: 'events/s', against: FLOOR, bound: { atLeast: 0.6 } },
        { name: 'events/s, to the usual way', metric: 'events/s', against: USUAL, bound: { atLeast: 20 } },
      ],
    });
  },
};

/** Every session's last count is in the record and in the projection. */
async function verify({ sql }: RunningLifecycle, { projection }: Marquee, sessions: number, counts: number) {
  const wanted = lastCounts(sessions, counts);
  const [row] = await sql<{ sum: string }>('SELECT sum(viewer_count) FROM session_counts');
  const shown = (await projection.values('counts')) as { viewer_count: number }[];
  const projected = shown.reduce((sum, { viewer_count }) => sum + viewer_count, 0);
  if (Number(row?.sum) === wanted && projected === wanted) return;
  throw new Error(
    `last counts of ${idOf('session1')} and others: ${wanted} in all, ${row?.sum} recorded, ${projected} projected`,
  );
}

/** So does the floor. */
async function verifyFloor(sql: Sql, sessions: number, counts: number): Promise<void> {
  const wanted = lastCounts(sessions, counts);
  const [row] = await sql<{ sum: string }>('SELECT sum(viewer_count) FROM floor');
  if (Number(row?.sum) !== wanted) throw new Error(`last counts: ${wanted} in all, the floor has kept ${row?.sum}`);
}

function lastCounts(sessions: number, counts: number): number {
  return Array.from({ length: sessions }, (_, index) => lastCount(index + 1, counts)).reduce(
    (sum, one) => sum + one,
    0,
  );
}
