import { randomBytes } from 'node:crypto';
import { throwawayDatabase } from '#tools/stack';
import type { Arena } from '../machinery/arena';
import type { Contestant, Course, Measured, Target } from '../machinery/course';
import { drain } from './drain';
import { Marquee, type RunningLifecycle } from './marquee';
import { type GivenEvent, TopicLog } from './topic-log';

export const BARE = 'bare kafkajs';
export const USUAL = 'the usual way';

export interface IngestCourse {
  arena: Arena;
  /** The topic that is measured. */
  topic: 'sessions' | 'viewers';
  /** What the record knows before. */
  before?: { topic: 'sessions'; events: Iterable<GivenEvent> };
  backlog: Iterable<GivenEvent>;
  /** The usual way's script, and after how many events it has shown its rate. */
  usual: { script: string; events: number; env?: Record<string, string> };
  /** Throws when what came out is not what went in. `events`: the whole backlog. */
  verify: (running: RunningLifecycle, marquee: Marquee, events: number) => Promise<void>;
  targets: Target[];
}

/** A backlog in Kafka that everybody consumes: we into Postgres and Redis, the floor into nothing, the usual way into Postgres. */
export async function ingestCourse(options: IngestCourse): Promise<Course> {
  const { arena, topic, before, backlog, verify, usual, targets } = options;
  const marquee = await Marquee.on(arena);
  const log = await TopicLog.connect(arena.kafkaBrokers);
  await marquee.prepare(async ({ process }) => {
    if (!before) return;
    arena.say('bringing in what is known before');
    const count = await log.fill(marquee.topic(before.topic), before.events);
    await drain({ ...watching(arena, process), progress: committed(log, marquee, before.topic), until: count });
  });
  arena.say('filling the backlog');
  const events = await log.fill(marquee.topic(topic), backlog);

  const ours = async (): Promise<Measured> => {
    await log.forget(marquee.group(topic)).catch(() => undefined);
    const running = await marquee.start();
    try {
      const progress = committed(log, marquee, topic);
      const measured = await drain({ ...watching(arena, running.process), progress, until: events });
      await verify(running, marquee, events);
      return measured;
    } finally {
      await running.stop();
    }
  };
  const env = { KAFKA_BROKERS: arena.kafkaBrokers, TOPIC: marquee.topic(topic) };
  const against: Contestant[] = [
    { name: BARE, run: () => peer(arena, 'bench/ingest/peers/bare-kafkajs/main.js', env, events) },
    { name: USUAL, run: () => usualPeer(arena, usual, env, events) },
  ];
  const close = async () => {
    await log.close();
    await marquee.close();
  };
  return { ours: { name: 'ours', run: ours }, against, targets, headline: 'events/s', close };
}

async function usualPeer(
  arena: Arena,
  { script, events, env }: IngestCourse['usual'],
  common: Record<string, string>,
  all: number,
): Promise<Measured> {
  const database = await throwawayDatabase(arena.postgresUrl);
  try {
    const given = { ...common, ...env, DATABASE_URL: database.url };
    return await peer(arena, script, given, Math.min(events, all));
  } finally {
    await database.drop();
  }
}

/** A peer has a group of its own in each run, and tells how many events it has applied. */
async function peer(arena: Arena, script: string, env: Record<string, string>, until: number): Promise<Measured> {
  const process = arena.start(script, { ...env, GROUP: `peer-${randomBytes(6).toString('hex')}` });
  try {
    return await drain({ ...watching(arena, process), progress: async () => process.told, until });
  } finally {
    await process.stop();
  }
}

function watching({ serverCpuSeconds }: Arena, process: RunningLifecycle['process']) {
  return { serverCpuSeconds, cpuSeconds: () => process.cpuSeconds() };
}

/** A commit comes after Postgres and Redis have taken the slice. */
function committed(log: TopicLog, marquee: Marquee, topic: string): () => Promise<number> {
  return () => log.committed(marquee.group(topic), marquee.topic(topic));
}
