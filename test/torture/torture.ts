import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../../tools/simulator/src/random';
import { ADMIN_KEY, Cluster, PREFIX } from './cluster/cluster';
import type { TortureFlags } from './flags';
import { projectionAgainst, restAgainst } from './invariants/at-rest';
import { judgeRecord } from './invariants/judge-record';
import { readJournal } from './journal';
import { haunt } from './nemesis/nemesis';
import type { Struck } from './nemesis/nemesis';
import { KafkaWitness } from './oracle/kafka-log';
import { ProjectionWitness } from './oracle/projection-witness';
import { recordState } from './oracle/record-state';
import { RecordWitness } from './oracle/record-witness';
import { truthOf } from './oracle/truth';
import { type Report, quantile } from './report';
import { Sampler } from './sampler';
import { type Verdict, judge, unjudged } from './verdict';

const LIFECYCLES = 3;
const RECOVERY_LIMIT_MS = 60_000;
const REST_LIMIT_MS = 120_000;
const EXIT_LIMIT_MS = 10_000;
/** The longest of the short leases, and some. */
const SHORT_LEASE_MS = 14_000;

/** The whole run, from nothing to the report. `tell` gets a line for each step. */
export async function torture(flags: TortureFlags, directory: string, tell: (line: string) => void): Promise<Report> {
  const startedAt = new Date().toISOString();
  const preload = flags.bug === undefined ? undefined : bugFile(flags.bug);
  const cluster = await Cluster.start({ directory, lifecycles: LIFECYCLES, preload });
  const record = new RecordWitness(cluster.postgres.url);
  const projection = new ProjectionWitness(cluster.redis.url, PREFIX);
  const kafka = new KafkaWitness(cluster.kafka.brokers, PREFIX);
  const exits: string[] = [];
  let producer: ChildProcess | undefined;
  try {
    await cluster.prepare();
    await record.installAudit();
    await kafka.connect();
    for (const { name, server } of cluster.apps)
      server.onUnexpectedExit((code) => exits.push(`${name} ended with ${code}`));
    await Promise.all(cluster.apps.map(({ server }) => server.start()));
    tell('everything runs');
    const { lifecycles, query } = cluster;
    const sampler = new Sampler({ lifecycles, query, kafka, record, projection, prefix: PREFIX });
    sampler.start();
    const journalFile = join(directory, 'journal.jsonl');
    producer = startProducer(cluster, journalFile, flags);
    const field = { cluster, record, projection, random: new Random(flags.seed + 1) };
    const struck = await haunt({
      field,
      kinds: flags.faults,
      until: Date.now() + flags.minutes * 60_000,
      recovered: () => untilTaken(kafka, record, RECOVERY_LIMIT_MS),
      tell: ({ kind, detail, recoveryMs }) =>
        tell(`${kind}: ${detail}; recovered after ${recoveryMs ?? 'more than the limit of'} ms`),
    });
    await endProducer(producer);
    tell('the producer has said everything');
    const quiet = await quiesce(kafka, record);
    await sampler.stop();
    tell(quiet === null ? 'everything is taken' : quiet);

    const rest = await atRest(cluster, record, projection, tell);
    const replayed = await replayQuarantine(cluster, record);
    const stopped = await stopInOrder(cluster);
    const log = await kafka.readAll();
    const truth = truthOf(readJournal(journalFile), log);
    const judged = await judgeRecord({ truth, record, prefix: PREFIX, high: await kafka.highWatermarks() });
    const again = await consumeAgain(cluster, kafka, record);
    return {
      seed: flags.seed,
      minutes: flags.minutes,
      bug: flags.bug ?? null,
      startedAt,
      records: {
        intents: truth.intents,
        acknowledged: truth.acknowledged,
        unknown: truth.unknown,
        inKafka: log.length,
        poison: truth.poison.length,
        brokerLost: truth.brokerLost,
      },
      ...judged.figures,
      faults: countBy(struck),
      kills: struck.filter(({ kind }) => kind.startsWith('kill') || kind.startsWith('immediate')).length,
      recoveryMs: recoveryOf(struck),
      maxRssMb: sampler.maxRssMb,
      maxConnections: sampler.maxConnections,
      struck,
      verdicts: [
        ...judged.verdicts,
        ...sampled(sampler),
        ...rest,
        ...recovery(struck, quiet, exits),
        judge(
          'I17',
          'SIGTERM: out within 10 s, with 0',
          `${stopped.length} processes`,
          stopped.filter((line) => line !== ''),
        ),
        judge('I19', 'consuming everything again changes nothing', `${log.length} records`, again),
        judge('I20', 'quarantine replayed as it is changes nothing', replayed.looked, replayed.against),
        unjudged(
          'I9',
          'a client ends with the view of Postgres',
          'elsewhere',
          'libs/live-list, apps/session-gateway/test',
        ),
        unjudged(
          'I14',
          'poison delays its neighbours less than 2 s',
          'elsewhere',
          'apps/session-lifecycle/test/bad-input',
        ),
        unjudged('I15', 'only bad input pauses its topic', 'elsewhere', 'apps/session-lifecycle/test/storm'),
        unjudged(
          'I16',
          'bounded memory in a backlog of 1 000 000',
          'elsewhere',
          'npm run bench; here the most that was seen',
        ),
        unjudged('I21', 'old fixtures are accepted', 'elsewhere', 'libs/contracts/test/golden'),
      ].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
    };
  } finally {
    producer?.kill('SIGKILL');
    await kafka.close().catch(() => undefined);
    await cluster.stop();
  }
}

function bugFile(bug: string): string {
  const file = join(__dirname, 'bugs', `${bug.toLowerCase()}.js`);
  if (!existsSync(file)) throw new Error(`--bug: there is no seeded bug ${bug}`);
  return file;
}

/** It knows the direct way to the brokers: what is tortured is the product. */
function startProducer(cluster: Cluster, journal: string, { seed, sessions, rate }: TortureFlags): ChildProcess {
  const main = join(__dirname, 'workload', 'producer.main.js');
  const args = [main, cluster.kafka.brokers, PREFIX, journal, JSON.stringify({ seed, sessions, rate })];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function endProducer(producer: ChildProcess): Promise<void> {
  if (producer.exitCode !== null) throw new Error(`the producer ended by itself with ${producer.exitCode}`);
  const ended = once(producer, 'exit');
  producer.kill('SIGTERM');
  await ended;
}

/** Until everything that Kafka has at this moment is taken. */
async function untilTaken(kafka: KafkaWitness, record: RecordWitness, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  let high: Awaited<ReturnType<KafkaWitness['highWatermarks']>> | undefined;
  for (;;) {
    try {
      high ??= await kafka.highWatermarks();
      const progress = await record.progress(PREFIX);
      if ([...high].every(([place, end]) => (progress.get(place) ?? 0n) >= end)) return;
    } catch {
      // Whoever is asked is away himself.
    }
    if (Date.now() > deadline) throw new Error('not everything was taken in time');
    await wait(200);
  }
}

/** Everything taken for 5 s, and everybody silent looked at. Gives what did not come to rest. */
async function quiesce(kafka: KafkaWitness, record: RecordWitness): Promise<string | null> {
  const deadline = Date.now() + REST_LIMIT_MS;
  try {
    await untilTaken(kafka, record, REST_LIMIT_MS);
  } catch {
    return `not everything was taken ${REST_LIMIT_MS} ms after the last fault`;
  }
  await wait(5000);
  for (;;) {
    const [row] = await record.ask<{ rests: boolean }>(
      `SELECT coalesce(sighted_at, '-infinity') < now() - $1 * interval '1 ms'
         AND NOT EXISTS (SELECT FROM sessions WHERE next_check_at < w.watermark) AS rests FROM watch_post w`,
      [SHORT_LEASE_MS],
    );
    if (row?.rests) return null;
    if (Date.now() > deadline) return 'the watchdog did not come to rest';
    await wait(500);
  }
}

async function atRest(
  cluster: Cluster,
  record: RecordWitness,
  projection: ProjectionWitness,
  tell: (line: string) => void,
): Promise<Verdict[]> {
  const compare = async () => projectionAgainst(await projection.read(), await recordState(record));
  // What was owed is paid within the reconcile pass' period.
  const before = await untilNothing(compare, 70_000);
  // The watchdog goes on: a session that moves between two pages is seen by the next walk.
  const rest = await untilNothing(async () => restAgainst(cluster.query.url, await recordState(record)), 15_000);
  await projection.flush();
  const since = Date.now();
  const after = await untilNothing(compare, 10_000);
  tell(`the emptied projection was whole after ${Date.now() - since} ms`);
  const { size } = (await projection.read()).sessions;
  return [
    judge('I8', 'Redis equals Postgres; emptied, it is whole within 10 s', `${size} open sessions`, [
      ...before,
      ...after,
    ]),
    judge('I10', 'REST equals Postgres', 'every live session', rest),
  ];
}

async function untilNothing(look: () => Promise<string[]>, limitMs: number): Promise<string[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const against = await look().catch((error: unknown) => [String(error)]);
    if (against.length === 0 || Date.now() > deadline) return against;
    await wait(250);
  }
}

/** Nothing was mended, so nothing may change. */
async function replayQuarantine({ lifecycles }: Cluster, record: RecordWitness) {
  const before = await record.fingerprint();
  let replayed = 0;
  let still = 0;
  for (let after: string | null | undefined; after !== null;) {
    const answer = await fetch(`${lifecycles[0]?.url}/admin/quarantine/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': ADMIN_KEY },
      body: JSON.stringify({ ...(after && { after }) }),
    });
    const { data } = (await answer.json()) as {
      data: { replayed: string[]; still: unknown[]; next_after: string | null };
    };
    replayed += data.replayed.length;
    still += data.still.length;
    after = data.next_after;
  }
  const against = differences(before, await record.fingerprint());
  return { looked: `${still} rows`, against: replayed > 0 ? [`${replayed} rows could be taken`, ...against] : against };
}

async function stopInOrder({ lifecycles }: Cluster): Promise<string[]> {
  return Promise.all(
    lifecycles.map(async ({ name, server }) => {
      const since = Date.now();
      const code = await server.stop('SIGTERM');
      const ms = Date.now() - since;
      return code === 0 && ms <= EXIT_LIMIT_MS ? '' : `${name} ended with ${code} after ${ms} ms`;
    }),
  );
}

/** I19: the groups forget where they were, and one process takes the whole log once more. */
async function consumeAgain({ lifecycles }: Cluster, kafka: KafkaWitness, record: RecordWitness): Promise<string[]> {
  const [first] = lifecycles;
  if (!first) return ['there is nobody to consume'];
  const before = await record.fingerprint();
  await kafka.loseOffsets();
  await first.server.start();
  const deadline = Date.now() + REST_LIMIT_MS;
  for (;;) {
    const [committed, high] = [await kafka.committed(), await kafka.highWatermarks()];
    if ([...high].every(([place, end]) => end === 0n || (committed.get(place) ?? 0n) >= end)) break;
    if (Date.now() > deadline) return ['it was not done in time'];
    await wait(300);
  }
  return differences(before, await record.fingerprint());
}

function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before)
    .filter((table) => before[table] !== after[table])
    .map((table) => `${table}: ${before[table]} became ${after[table]}`);
}

function sampled({ against, looked }: Sampler): Verdict[] {
  return [
    judge('I6', 'no observer sees a version fall', `${looked.versions} sights`, against.versions),
    judge('I7', 'committed ≤ recorded ≤ the end of the log', `${looked.offsets} samples`, against.offsets),
    judge('I22', 'who is ready has heard of Kafka', `${looked.silence} samples`, against.silence),
  ];
}

function recovery(struck: readonly Struck[], quiet: string | null, exits: readonly string[]): Verdict[] {
  const late = struck
    .filter(({ recoveryMs }) => recoveryMs === null)
    .map(({ kind, detail }) => `${kind} (${detail}): not within 60 s`);
  const failed = struck
    .filter(({ detail }) => detail.startsWith('failed'))
    .map(({ kind, detail }) => `${kind} ${detail}`);
  const against = [...late, ...failed, ...exits, ...(quiet === null ? [] : [quiet])];
  return [judge('I13', 'after each fault all is taken within 60 s, nobody ends', `${struck.length} faults`, against)];
}

function recoveryOf(struck: readonly Struck[]): Report['recoveryMs'] {
  const times = struck.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]));
  return {
    median: quantile(times, 0.5),
    max: times.length > 0 ? Math.max(...times) : null,
    notWithinLimit: struck.length - times.length,
  };
}

function countBy(struck: readonly Struck[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of struck) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
