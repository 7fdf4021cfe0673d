import { ingestCourse } from '../ingest/course';
import { BARE, FLOOR, USUAL } from '../ingest/ground';
import type { Marquee, RunningLifecycle } from '../ingest/marquee';
import { eventsLogged } from '../ingest/recorded';
import type { Sql } from '../ingest/sql';
import type { Bench } from '../machinery/course';
import { EVENTS_PER_SESSION, LOGGED_PER_SESSION, backlog } from './backlog';

const EVENTS = 200_000;
/** The usual way has shown its rate after these; of a smaller size after fewer. */
const USUAL_EVENTS = 5000;

export const bench: Bench = {
  about: 'mixed lifecycle events, 10 of each session, from Kafka through Postgres and Redis',
  prepare: (arena, { scale }) => {
    const sessions = Math.max(12, Math.round((EVENTS * scale) / EVENTS_PER_SESSION));
    return ingestCourse({
      arena,
      topic: 'sessions',
      backlog: backlog(sessions, Date.now()),
      peers: [
        { name: FLOOR, script: 'bench/ingest-lifecycle/peers/durable-floor/main.js', verify: verifyFloor },
        {
          name: USUAL,
          script: 'bench/ingest-lifecycle/peers/usual-way/main.js',
          events: Math.round(USUAL_EVENTS * Math.min(scale, 1)),
        },
      ],
      verify: (running, marquee) => verify(running, marquee, sessions),
      targets: [
        { name: 'events/s, to bare kafkajs', metric: 'events/s', against: BARE, bound: { atLeast: 0.13 } },
        { name: 'events/s, to the durable floor', metric: 'events/s', against: FLOOR, bound: { atLeast: 0.28 } },
        { name: 'events/s, to the usual way', metric: 'events/s', against: USUAL, bound: { atLeast: 5 } },
      ],
    });
  },
};

interface Counted {
  ended: string;
  open: string;
  titles: string;
}

/** Every event but heartbeats is in the log, every session has come to its end or is shown. */
async function verify({ sql }: RunningLifecycle, { projection }: Marquee, sessions: number) {
  const logged = await eventsLogged(sql);
  const [found] =
    await sql<Counted>(`SELECT count(*) FILTER (WHERE status = 'ended' AND end_reason = 'finished') AS ended,
    count(*) FILTER (WHERE status IN ('scheduled', 'live')) AS open,
    count(DISTINCT title) AS titles FROM sessions`);
  const shown = (await projection.values('sessions')).length;
  const { ended, open, titles } = found ?? {};
  const isRight =
    logged === sessions * LOGGED_PER_SESSION &&
    Number(titles) === sessions &&
    Number(open) === shown &&
    Number(ended) + shown === sessions;
  if (!isRight)
    throw new Error(
      `of ${sessions} sessions with ${LOGGED_PER_SESSION} logged events each: ${logged} logged, ${JSON.stringify(found)}, ${shown} shown`,
    );
}

/** The floor has kept every event once. */
async function verifyFloor(sql: Sql, events: number): Promise<void> {
  const [row] = await sql<{ kept: string }>('SELECT count(*) AS kept FROM floor');
  if (Number(row?.kept) !== events) throw new Error(`of ${events} events the floor has kept ${row?.kept}`);
}
