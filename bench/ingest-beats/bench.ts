import { BARE, IngestGround } from '../ingest/ground';
import type { RunningLifecycle } from '../ingest/marquee';
import { SIGNALS, lastSignals } from '../ingest/recorded';
import type { Sql } from '../ingest/sql';
import type { Bench, Measured } from '../machinery/course';
import { Beats } from './backlog';
import { Wal } from './wal';
import { expectWatch, leaveTheWatch, takeTheWatch } from './watch';

const SESSIONS = 100_000;
const EVENTS = 1_000_000;
const HOT = 'share of HOT updates';
const WAL_BYTES = 'WAL bytes/event';

export const bench: Bench = {
  about: 'heartbeats of 100 000 live sessions with leases from Kafka through Postgres, with the watchdog on',
  prepare: async (arena, { scale }) => {
    const sessions = Math.max(100, Math.round(SESSIONS * Math.min(scale, 1)));
    const beats = new Beats(sessions, Math.max(1, Math.round((EVENTS * scale) / sessions)), Date.now());
    const ground = await IngestGround.open(arena, 'sessions');
    await ground.prepare(async (running) => {
      arena.say(`bringing in ${sessions} live sessions`);
      await takeTheWatch(running.sql);
      await ground.log.keepTimes(ground.marquee.topic('sessions'));
      await ground.bringIn(running, 'sessions', beats.before());
      await leaveTheWatch(running.sql);
    });
    arena.say('filling the backlog');
    await ground.send(beats.backlog());
    return {
      ours: { name: 'ours', run: () => taken(ground, beats) },
      against: [ground.bare()],
      targets: [
        { name: 'events/s, to bare kafkajs', metric: 'events/s', against: BARE, bound: { atLeast: 0.35 } },
        { name: HOT, metric: HOT, bound: { atLeast: 0.9 } },
        { name: WAL_BYTES, metric: WAL_BYTES, bound: { atMost: 150 } },
      ],
      headline: 'events/s',
      close: () => ground.close(),
    };
  },
};

/** The watchdog is on until all is taken; then it must end nobody, for by the clock all are silent. */
async function taken(ground: IngestGround, beats: Beats): Promise<Measured> {
  const running = await ground.start();
  const { sql } = running;
  try {
    const measured = await drained(ground, running);
    await expectWatch(sql, beats.startedMs);
    await takeTheWatch(sql);
    await running.end();
    await verify(sql, beats);
    const { updates, hot } = await updatesOf(sql);
    return { ...measured, [HOT]: hot / updates, 'updates/event': updates / ground.events };
  } finally {
    await running.stop();
  }
}

async function drained(ground: IngestGround, running: RunningLifecycle): Promise<Measured> {
  const wal = await Wal.begin(running.sql);
  try {
    const measured = await ground.drain(running);
    const { all, images } = await wal.bytes();
    return {
      ...measured,
      [WAL_BYTES]: all / ground.events,
      'WAL bytes/event in images of pages': images / ground.events,
    };
  } finally {
    await wal.close();
  }
}

/** Of the table that takes heartbeats; a backend tells all that it has done when it ends. */
async function updatesOf(sql: Sql): Promise<{ updates: number; hot: number }> {
  const [row] = await sql<{ updates: string; hot: string }>(
    `SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = $1`,
    [SIGNALS],
  );
  return { updates: Number(row?.updates), hot: Number(row?.hot) };
}

/** Every session's last signal is its last beat. */
async function verify(sql: Sql, beats: Beats): Promise<void> {
  const found = await lastSignals(sql);
  if (found.sessions === beats.sessions && found.sumMs === beats.sumOfLast()) return;
  throw new Error(
    `last signals: ${found.sumMs} ms in all of ${found.sessions} sessions, expected ${beats.sumOfLast()} of ${beats.sessions}`,
  );
}
