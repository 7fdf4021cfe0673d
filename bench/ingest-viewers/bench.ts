import { BARE, USUAL, ingestCourse } from '../ingest/course';
import { idOf } from '../ingest/given-events';
import type { Marquee, RunningLifecycle } from '../ingest/marquee';
import type { Bench } from '../machinery/course';
import { backlog, countsPerSession, lastCount, started } from './backlog';

const SESSIONS = 10_000;
const EVENTS = 1_000_000;
/** The usual way has shown its rate after these. */
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
      before: { topic: 'sessions', events: started(sessions, nowMs) },
      backlog: backlog(sessions, counts, nowMs),
      usual: {
        script: 'bench/ingest-viewers/peers/usual-way/main.js',
        events: USUAL_EVENTS,
        env: { SESSIONS: String(sessions) },
      },
      verify: (running, marquee) => verify(running, marquee, sessions, counts),
      targets: [
        { name: 'events/s, to bare kafkajs', metric: 'events/s', against: BARE, bound: { atLeast: 0.5 } },
        { name: 'events/s, to the usual way', metric: 'events/s', against: USUAL, bound: { atLeast: 20 } },
      ],
    });
  },
};

/** Every session's last count is in the record and in the projection. */
async function verify({ sql }: RunningLifecycle, { projection }: Marquee, sessions: number, counts: number) {
  let wanted = 0;
  for (let n = 1; n <= sessions; n++) wanted += lastCount(n, counts);
  const [row] = await sql<{ sum: string }>('SELECT sum(viewer_count) FROM session_counts');
  const shown = (await projection.values('counts')) as { viewer_count: number }[];
  const projected = shown.reduce((sum, { viewer_count }) => sum + viewer_count, 0);
  if (Number(row?.sum) === wanted && projected === wanted) return;
  throw new Error(
    `last counts of ${idOf('session1')} and others: ${wanted} in all, ${row?.sum} recorded, ${projected} projected`,
  );
}
