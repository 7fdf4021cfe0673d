import { BARE, USUAL, ingestCourse } from '../ingest/course';
import type { Marquee, RunningLifecycle } from '../ingest/marquee';
import type { Bench } from '../machinery/course';
import { EVENTS_PER_SESSION, LOGGED_PER_SESSION, backlog } from './backlog';

const EVENTS = 200_000;
/** The usual way has shown its rate after these. */
const USUAL_EVENTS = 5000;

export const bench: Bench = {
  about: 'mixed lifecycle events, 10 of each session, from Kafka through Postgres and Redis',
  prepare: (arena, { scale }) => {
    const sessions = Math.max(12, Math.round((EVENTS * scale) / EVENTS_PER_SESSION));
    return ingestCourse({
      arena,
      topic: 'sessions',
      backlog: backlog(sessions, Date.now()),
      usual: { script: 'bench/ingest-lifecycle/peers/usual-way/main.js', events: USUAL_EVENTS },
      verify: (running, marquee, events) => verify(running, marquee, sessions, events),
      targets: [
        { name: 'events/s, to bare kafkajs', metric: 'events/s', against: BARE, bound: { atLeast: 0.15 } },
        { name: 'events/s, to the usual way', metric: 'events/s', against: USUAL, bound: { atLeast: 5 } },
      ],
    });
  },
};

interface Counted {
  logged: string;
  ended: string;
  open: string;
  titles: string;
}

/** Every event but heartbeats is in the log, every session has come to its end or is shown. */
async function verify({ sql }: RunningLifecycle, { projection }: Marquee, sessions: number, events: number) {
  const [found] =
    await sql<Counted>(`SELECT (SELECT count(*) FROM session_log, json_array_elements(entries::json) AS entry
      WHERE entry ->> 3 NOT IN ('duplicate', 'derived')) AS logged,
    count(*) FILTER (WHERE status = 'ended' AND end_reason = 'finished') AS ended,
    count(*) FILTER (WHERE status IN ('scheduled', 'live')) AS open,
    count(DISTINCT title) AS titles FROM sessions`);
  const shown = (await projection.values('sessions')).length;
  const { logged, ended, open, titles } = found ?? {};
  const isRight =
    Number(logged) === sessions * LOGGED_PER_SESSION &&
    Number(titles) === sessions &&
    Number(open) === shown &&
    Number(ended) + shown === sessions;
  if (!isRight)
    throw new Error(`of ${events} events and ${sessions} sessions: ${JSON.stringify(found)}, ${shown} shown`);
}
