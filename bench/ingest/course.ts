import type { Arena } from '../machinery/arena';
import type { Course, Measured, Target } from '../machinery/course';
import { IngestGround, type Peer } from './ground';
import type { Marquee, RunningLifecycle } from './marquee';
import type { GivenEvent } from './topic-log';

export interface IngestCourse {
  arena: Arena;
  /** The topic that is measured. */
  topic: 'sessions' | 'viewers';
  /** What the record knows before, of the topic `sessions`. */
  before?: Iterable<GivenEvent>;
  backlog: Iterable<GivenEvent>;
  /** Besides bare kafkajs. */
  peers: Peer[];
  /** Throws when what came out is not what went in. `events`: the whole backlog. */
  verify: (running: RunningLifecycle, marquee: Marquee, events: number) => Promise<void>;
  targets: Target[];
}

/** A backlog in Kafka that everybody consumes: we into Postgres and Redis, bare kafkajs into nothing, peers into Postgres. */
export async function ingestCourse(options: IngestCourse): Promise<Course> {
  const { arena, topic, before, backlog, verify, peers, targets } = options;
  const ground = await IngestGround.open(arena, topic);
  await ground.prepare(async (running) => {
    if (!before) return;
    arena.say('bringing in what is known before');
    await ground.bringIn(running, 'sessions', before);
  });
  arena.say('filling the backlog');
  await ground.send(backlog);
  const run = async (): Promise<Measured> => {
    const running = await ground.start();
    try {
      const measured = await ground.drain(running);
      await verify(running, ground.marquee, ground.events);
      return measured;
    } finally {
      await running.stop();
    }
  };
  return {
    ours: { name: 'ours', run },
    against: [ground.bare(), ...peers.map((peer) => ground.peer(peer))],
    targets,
    headline: 'events/s',
    close: () => ground.close(),
  };
}
