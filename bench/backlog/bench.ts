import { setTimeout as wait } from 'node:timers/promises';
import { FaultProxy } from '../../test/given/fault-proxy';
import { drain } from '../ingest/drain';
import { Marquee, type RunningLifecycle } from '../ingest/marquee';
import { TopicLog } from '../ingest/topic-log';
import { backlog, countsPerSession, lastCount, started } from '../ingest-viewers/backlog';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { Watch } from './watch';

const SESSIONS = 10_000;
const EVENTS = 1_000_000;
const AWAY_MS = 300_000;
const HEADLINE = 'MB at most';

interface Ground {
  arena: Arena;
  marquee: Marquee;
  log: TopicLog;
  database: FaultProxy;
  sessions: number;
  events: number;
  awayMs: number;
}

export const bench: Bench = {
  about: 'Postgres in a black hole for five minutes while 1 000 000 counts come in: memory, connections, membership',
  prepare: async (arena, { scale }) => {
    const marquee = await Marquee.on(arena);
    const log = await TopicLog.connect(arena.kafkaBrokers);
    const sessions = Math.max(12, Math.round(SESSIONS * Math.min(scale, 1)));
    const database = await FaultProxy.listen();
    database.leadTo(new URL(arena.postgresUrl).host);
    const events = Math.round(EVENTS * scale);
    const ground: Ground = { arena, marquee, log, database, sessions, events, awayMs: AWAY_MS * Math.min(scale, 1) };
    await marquee.prepare(async ({ process }) => {
      const until = await log.fill(marquee.topic('sessions'), started(sessions, Date.now()));
      const progress = () => log.committed(marquee.group('sessions'), marquee.topic('sessions'));
      const cpuSeconds = () => process.cpuSeconds();
      await drain({ progress, until, cpuSeconds, serverCpuSeconds: arena.serverCpuSeconds });
    });
    return {
      ours: { name: 'ours', run: () => outlast(ground) },
      against: [],
      targets: [
        { name: 'MB at most', metric: HEADLINE, bound: { atMost: 512 } },
        { name: 'connections to Postgres at most', metric: 'connections to Postgres at most', bound: { atMost: 12 } },
      ],
      headline: HEADLINE,
      close: async () => {
        await log.close();
        await marquee.close();
        await database.close();
      },
    };
  },
};

async function outlast(ground: Ground): Promise<Measured> {
  const { arena, marquee, log, database, sessions, events, awayMs } = ground;
  const group = marquee.group('viewers');
  const before = await log.committed(group, marquee.topic('viewers'));
  const running = await marquee.start((url) => database.through(url));
  const watch = new Watch(running.process, database.port);
  try {
    const members = await log.stableMembers(group);
    const mbBefore = watch.mb;
    database.hole();
    const backAt = Date.now() + awayMs;
    arena.say('Postgres is away; the backlog comes in');
    const counts = countsPerSession(events, sessions);
    const sent = await log.fill(marquee.topic('viewers'), backlog(sessions, counts, Date.now()));
    await wait(Math.max(0, backAt - Date.now()));
    const away = watch.most();
    expectSame(members, await log.stableMembers(group));
    database.mend();
    const since = performance.now();
    const drained = await drain({
      progress: () => log.committed(group, marquee.topic('viewers')),
      until: before + sent,
      cpuSeconds: () => running.process.cpuSeconds(),
      serverCpuSeconds: arena.serverCpuSeconds,
    });
    const seconds = (performance.now() - since) / 1000;
    expectSame(members, await log.stableMembers(group));
    await verify(running, marquee, sessions, counts);
    const all = watch.most();
    return {
      [HEADLINE]: all.mb,
      'MB before': mbBefore,
      'MB at most while it is away': away.mb,
      'connections to Postgres at most': all.connections,
      's until all is taken': seconds,
      'events/s': drained['events/s'] ?? NaN,
    };
  } finally {
    watch.close();
    database.mend();
    await running.stop();
  }
}

function expectSame(before: readonly string[], after: readonly string[]): void {
  if (before.length > 0 && before.join() === after.join()) return;
  throw new Error(`the group was ${before.join(' ') || 'empty'} and is ${after.join(' ') || 'empty'}`);
}

/** Every last count is recorded and projected, and nothing is in quarantine. */
async function verify({ sql }: RunningLifecycle, { projection }: Marquee, sessions: number, counts: number) {
  let wanted = 0;
  for (let n = 1; n <= sessions; n++) wanted += lastCount(n, counts);
  const [row] = await sql<{ sum: string; quarantined: string }>(
    `SELECT sum(viewer_count), (SELECT count(*) FROM quarantine) AS quarantined FROM session_counts`,
  );
  const shown = (await projection.values('counts')) as { viewer_count: number }[];
  const projected = shown.reduce((sum, { viewer_count }) => sum + viewer_count, 0);
  if (Number(row?.sum) === wanted && projected === wanted && row?.quarantined === '0') return;
  throw new Error(`${wanted} in all, ${row?.sum} recorded, ${projected} projected, ${row?.quarantined} in quarantine`);
}
