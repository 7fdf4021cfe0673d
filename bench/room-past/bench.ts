import { idOf } from '../ingest/given-events';
import { IngestGround } from '../ingest/ground';
import type { RunningLifecycle } from '../ingest/marquee';
import type { Bench } from '../machinery/course';
import { givenPast } from './given-past';
import { CPU, STEP_METRICS, Turns } from './turns';

const PAST = 10_000;
const TURNS = 200;
const NEW = 'a new room';

export const bench: Bench = {
  about: 'a start, heartbeats and an end in a room with 10 000 past sessions, and in a new one',
  prepare: async (arena, { scale }) => {
    const past = Math.max(1, Math.round(PAST * scale));
    const sessions = Math.max(10, Math.round(TURNS * Math.min(scale, 1)));
    const old = idOf('an old room');
    const ground = await IngestGround.open(arena, 'sessions');
    await ground.prepare(async (running) => {
      arena.say(`giving a room ${past} past sessions`);
      await givenPast(ground, running, old, past);
      await expectEnded(running, old, past);
      await running.sql('VACUUM ANALYZE');
    });
    const running = await ground.start();
    const turns = await Turns.of(ground, running);
    await turns.take(idOf('a room to warm up in'), sessions);
    let [oldRuns, newRuns] = [0, 0];
    const inOld = async () => {
      const measured = await turns.take(old, sessions);
      await expectEnded(running, old, past + ++oldRuns * sessions);
      return measured;
    };
    const inNew = async () => {
      const room = idOf(`new room ${++newRuns}`);
      const measured = await turns.take(room, sessions);
      await expectEnded(running, room, sessions);
      return measured;
    };
    return {
      ours: { name: 'ours', run: inOld },
      against: [{ name: NEW, run: inNew }],
      targets: [...STEP_METRICS, CPU].map((metric) => ({
        name: `${metric}, to a new room`,
        metric,
        against: NEW,
        bound: { atMost: 1.1 },
      })),
      headline: CPU,
      close: async () => {
        await running.stop();
        await ground.close();
      },
    };
  },
};

/** Throws when a room has not had exactly so many sessions, all of which came to their end. */
async function expectEnded({ sql }: RunningLifecycle, room: string, sessions: number): Promise<void> {
  const [found] = await sql<{ all: string; ended: string }>(
    `SELECT count(*) AS all, count(*) FILTER (WHERE status = 'ended' AND end_reason = 'finished') AS ended
     FROM sessions WHERE room_id = $1`,
    [room],
  );
  if (Number(found?.all) === sessions && Number(found?.ended) === sessions) return;
  throw new Error(`a room was to have ${sessions} ended sessions: ${JSON.stringify(found)}`);
}
