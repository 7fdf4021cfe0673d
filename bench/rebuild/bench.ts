import { eventually } from '../../test/given/eventually';
import { drain } from '../ingest/drain';
import { Marquee, type RunningLifecycle } from '../ingest/marquee';
import { TopicLog } from '../ingest/topic-log';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { Audience } from './audience';
import { SHOWN, given, mostWatched, watchedMore } from './given';

const SESSIONS = 100_000;
const HEADLINE = 's until it is whole';
const READERS = 's until REST follows';

interface Ground {
  arena: Arena;
  marquee: Marquee;
  log: TopicLog;
  sessions: number;
}

export const bench: Bench = {
  about: 'Redis emptied: all of 100 000 live sessions is there again, and nobody was shown a wrong list',
  prepare: async (arena, { scale }) => {
    const sessions = Math.max(SHOWN, Math.round(SESSIONS * scale));
    const marquee = await Marquee.on(arena);
    const log = await TopicLog.connect(arena.kafkaBrokers);
    const ground = { arena, marquee, log, sessions };
    await marquee.prepare((running) => bringIn(ground, running));
    let round = 0;
    return {
      ours: { name: 'ours', run: () => rebuilt(ground, ++round) },
      against: [],
      targets: [
        { name: HEADLINE, metric: HEADLINE, bound: { atMost: 8 } },
        { name: READERS, metric: READERS, bound: { atMost: 12 } },
      ],
      headline: HEADLINE,
      close: async () => {
        await log.close();
        await marquee.close();
      },
    };
  },
};

async function bringIn({ arena, marquee, log, sessions }: Ground, { process }: RunningLifecycle): Promise<void> {
  arena.say(`bringing in ${sessions} live sessions`);
  const cpuSeconds = () => process.cpuSeconds();
  for (const [name, events] of Object.entries(given(sessions, Date.now()))) {
    const topic = marquee.topic(name);
    const until = await log.fill(topic, events);
    const progress = () => log.committed(marquee.group(name), topic);
    await drain({ progress, until, cpuSeconds, serverCpuSeconds: arena.serverCpuSeconds });
  }
}

/** The count that is sent when all is there again shows that the socket follows the new epoch. */
async function rebuilt({ arena, marquee, log, sessions }: Ground, round: number): Promise<Measured> {
  const [before, after] = [mostWatched(sessions, round - 1), mostWatched(sessions, round)];
  const running = await marquee.start();
  const audience = await Audience.of(arena, running.env);
  try {
    await audience.sees(before);
    audience.allow(before, after);
    const { epoch } = await marquee.projection.state();
    const watch = new Watch(arena, running);
    const readersCpu = audience.cpuSeconds();
    await marquee.projection.empty();
    const newEpoch = await whole({ marquee, sessions }, epoch);
    const measured = watch.figures();
    await audience.follows(newEpoch);
    measured[READERS] = watch.seconds();
    await log.fill(marquee.topic('viewers'), [watchedMore(sessions, round, Date.now())]);
    await audience.sees(after);
    measured['s until a new count is shown'] = watch.seconds();
    measured['CPU s of readers'] = audience.cpuSeconds() - readersCpu;
    await verify({ marquee, running });
    return measured;
  } finally {
    await audience.leave();
    await running.stop();
  }
}

/** What has passed since it was made. */
class Watch {
  private readonly startedAt = performance.now();
  private readonly cpu: number;
  private readonly servers: Map<string, number>;

  constructor(
    private readonly arena: Arena,
    private readonly running: RunningLifecycle,
  ) {
    this.cpu = running.process.cpuSeconds();
    this.servers = arena.serverCpuSeconds();
  }

  seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  figures(): Measured {
    const servers = [...this.arena.serverCpuSeconds()].filter(([name]) => name !== 'kafka');
    return {
      [HEADLINE]: this.seconds(),
      'CPU s': this.running.process.cpuSeconds() - this.cpu,
      ...Object.fromEntries(servers.map(([name, cpu]) => [`CPU s of ${name}`, cpu - (this.servers.get(name) ?? NaN)])),
    };
  }
}

/** Gives the epoch that everything is in again. */
async function whole({ marquee, sessions }: Pick<Ground, 'marquee' | 'sessions'>, after: number): Promise<number> {
  const look = async () => {
    const state = await marquee.projection.state();
    const isWhole = [state.sessions, state.counts, state.rooms].every((count) => count === sessions);
    if (state.epoch > after && isWhole) return state.epoch;
    throw new Error(`it is ${JSON.stringify(state)}`);
  };
  return eventually(`the projection is whole in an epoch after ${after}`, look, 120_000);
}

interface Summed {
  kind: 'sessions' | 'counts';
  versions: string;
}

/** Redis holds every version that the record has. */
async function verify({ marquee, running }: { marquee: Marquee; running: RunningLifecycle }): Promise<void> {
  const recorded = await running.sql<Summed>(`SELECT 'sessions' AS kind, sum(version)::text AS versions FROM sessions
    UNION ALL SELECT 'counts', sum(version)::text FROM session_counts`);
  for (const { kind, versions } of recorded) {
    const held = (await marquee.projection.values(kind)) as { version: number }[];
    const sum = held.reduce((all, { version }) => all + version, 0);
    if (sum !== Number(versions)) throw new Error(`the versions of ${kind} are ${sum} in all, recorded ${versions}`);
  }
}
