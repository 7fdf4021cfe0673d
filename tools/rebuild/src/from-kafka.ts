import { setTimeout as wait } from 'node:timers/promises';
import { TOPICS, type TopicName } from '#libs/contracts';
import { LogBounds, type PartitionBounds, topicName } from '#libs/event-log';
import { IngestProgress, createDataSource, demandSchema, emptyRecord, recordSize } from '#libs/session-store';
import { type Progress, bar } from '#tools/terminal';
import type { DataSource } from 'typeorm';
import { type LifecycleConfig, kafkaOptions } from '../../../apps/session-lifecycle/src/config';
import { unknownText } from './texts';

const LOOK_EVERY_MS = 500;
/** Nothing was taken for so long: somebody has to look. */
const STILL_AFTER_MS = 15_000;

export interface FromKafka {
  emptied: boolean;
  goesOn: boolean;
}

/** A partition, and how far it has come on the way to where Kafka ended when the command was given. */
interface Course {
  low: bigint;
  high: bigint;
  next: bigint;
}

/**
 * Resolves when the record has all that Kafka had when the command was given, with what could not be known. session-lifecycle
 * takes it: a record that knows no place in a partition makes it begin with the earliest offset that is kept.
 */
export async function rebuildFromKafka(config: LifecycleConfig, ways: FromKafka, progress: Progress): Promise<string> {
  const source = createDataSource({ url: config.DATABASE_URL, name: 'rebuild --from-kafka', poolSize: 2 });
  const bounds = new LogBounds({ ...kafkaOptions(config), clientId: 'rebuild' });
  try {
    await source.initialize();
    await demandSchema(source, { writes: true });
    const topics = (Object.keys(TOPICS) as TopicName[]).map((topic) => topicName(config.KAFKA_TOPIC_PREFIX, topic));
    const { bounds: all } = await bounds.fetch(topics);
    if (!ways.goesOn) await makeEmpty(source, ways, progress);
    await untilTaken(source, all, progress);
    return unknownText(all);
  } finally {
    await bounds.close();
    if (source.isInitialized) await source.destroy();
  }
}

async function makeEmpty(source: DataSource, { emptied }: FromKafka, progress: Progress): Promise<void> {
  if (emptied) {
    await emptyRecord(source);
    progress.say('the record is empty');
    return;
  }
  const { sessions, entities, counted, partitions } = await recordSize(source);
  if (sessions + entities + counted + partitions === 0) return;
  throw new Error(
    `the record is not empty: ${sessions} sessions, ${entities} rooms, hosts and presets, ${partitions} partitions read. Nothing was done: --empty-first throws it away, --go-on shows how far it is`,
  );
}

async function untilTaken(source: DataSource, all: readonly PartitionBounds[], progress: Progress): Promise<void> {
  const store = new IngestProgress(source);
  const topics = [...new Set(all.map(({ topic }) => topic))];
  let [taken, since, isSaid] = [-1n, performance.now(), false];
  for (;;) {
    const courses = coursesOf(all, await store.of(topics));
    const [done, total] = [
      sumOf(courses, ({ next, low }) => next - low),
      sumOf(courses, ({ high, low }) => high - low),
    ];
    const lag = total - done;
    progress.show(`${bar(Number(done), Number(total))}  ${done} of ${total} messages, ${lag} to go`);
    if (lag === 0n) {
      progress.say(`${total} messages are recorded`);
      return;
    }
    if (done !== taken) [taken, since, isSaid] = [done, performance.now(), false];
    else if (!isSaid && performance.now() - since > STILL_AFTER_MS) {
      isSaid = true;
      progress.say(
        'nothing is being taken: does session-lifecycle run, and is it ready? `npm run quarantine -- status` says more',
      );
    }
    await wait(LOOK_EVERY_MS);
  }
}

function coursesOf(
  all: readonly PartitionBounds[],
  progress: readonly { topic: string; partition: number; nextOffset: string }[],
): Course[] {
  const known = new Map(progress.map(({ topic, partition, nextOffset }) => [`${topic}/${partition}`, nextOffset]));
  return all.map(({ topic, partition, low: first, high: end }) => {
    const [low, high] = [BigInt(first), BigInt(end)];
    const next = BigInt(known.get(`${topic}/${partition}`) ?? low);
    return { low, high, next: next < low ? low : next > high ? high : next };
  });
}

function sumOf(courses: readonly Course[], of: (course: Course) => bigint): bigint {
  return courses.reduce((sum, course) => sum + of(course), 0n);
}
