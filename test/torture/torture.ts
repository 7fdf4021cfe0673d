import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../tools/simulator/src/random';
import { Cluster, PREFIX } from './cluster/cluster';
import { KEPT_GRAINS } from './cluster/policy-of-minutes';
import type { TortureFlags } from './flags';
import { judgeRecord } from './invariants/judge-record';
import { departuresVerdict, leftOf } from './invariants/of-departures';
import { viewersAgainst } from './invariants/of-viewers';
import { readJournal } from './journal';
import { type Struck, haunt } from './nemesis/nemesis';
import { limitsOf } from './limits';
import { KafkaWitness } from './oracle/kafka-log';
import { ProjectionWitness } from './oracle/projection-witness';
import { RecordWitness } from './oracle/record-witness';
import { type Truth, truthOf } from './oracle/truth';
import { VIEWER_TABLES, type ViewerHistoryRows } from './oracle/viewer-rows';
import { viewersAtRest } from './oracle/viewers-at-rest';
import { askForStorm, endProducer, startProducer } from './producer';
import { quiesce, untilTaken } from './quiesce';
import type { Report } from './report';
import { Sampler } from './sampler';
import { type Resting, consumeAgain, tryAtRest, verifyFindsNothing } from './trials';
import { type Verdict, judge } from './verdict';
import { ELSEWHERE, countBy, recovery, recoveryOf, sampled } from './verdicts-of-run';

const LIFECYCLES = 3;

export interface TortureOptions {
  flags: TortureFlags;
  /** For data, logs and the journal. */
  directory: string;
  /** Gets a line for each step. */
  tell: (line: string) => void;
  /** Rejects when the run must end early. */
  interrupted: Promise<never>;
}

interface Stage extends Resting {
  options: TortureOptions;
  journal: string;
  producer?: ChildProcess;
}

/** The whole run, from nothing to the report. Whatever happens, all that it started is stopped. */
export async function torture(options: TortureOptions): Promise<Report> {
  const { flags, directory, tell, interrupted } = options;
  // It may come before anybody waits for it; then the start is finished first.
  interrupted.catch(() => undefined);
  const cluster = await Cluster.start({ directory, lifecycles: LIFECYCLES, preload: bugFile(flags.bug) });
  const record = new RecordWitness(cluster.postgres.url);
  const projection = new ProjectionWitness(cluster.redis.url, PREFIX);
  const kafka = new KafkaWitness(cluster.kafka.brokers, PREFIX);
  const journal = join(directory, 'journal.jsonl');
  const limits = limitsOf(flags.patience);
  const stage: Stage = { options, cluster, record, projection, kafka, limits, journal, tell };
  try {
    return await Promise.race([run(stage), interrupted]);
  } finally {
    stage.producer?.kill('SIGKILL');
    await kafka.close().catch(() => undefined);
    await cluster.stop();
  }
}

async function run(stage: Stage): Promise<Report> {
  const startedAt = new Date().toISOString();
  const exits = await begin(stage);
  const { struck, sampler, quiet } = await strike(stage);
  const viewers = await viewersAtRest(stage.record, stage.limits);
  const trials = await tryAtRest(stage);
  const log = await stage.kafka.readAll();
  const truth = truthOf(readJournal(stage.journal), log);
  const high = await stage.kafka.highWatermarks();
  const judged = await judgeRecord({ truth, record: stage.record, prefix: PREFIX, high, struck, limits: stage.limits });
  const again = await consumeAgain(stage);
  const viewersAgain = await viewersAtRest(stage.record, stage.limits);
  const left = leftOf(await stage.record.departures(), logsOf(stage));
  const verified = await verifyFindsNothing(stage);
  const { seed, minutes, bug = null } = stage.options.flags;
  return {
    seed,
    minutes,
    bug,
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
    left,
    faults: countBy(struck),
    kills: struck.filter(({ kind }) => kind.startsWith('kill') || kind.startsWith('immediate')).length,
    recoveryMs: recoveryOf(struck),
    maxRssMb: sampler.maxRssMb,
    maxConnections: sampler.maxConnections,
    struck,
    verdicts: [
      ...judged.verdicts,
      ...sampled(sampler),
      ...trials,
      ...recovery(struck, quiet, exits, stage.limits.recovery),
      judgeViewers('each count is in viewer history, once, at its grain', truth, viewers),
      judgeViewers('and is so after everything was consumed again', truth, viewersAgain),
      departuresVerdict(left, minutes),
      judge('I19', 'consuming everything again changes nothing', `${log.length} records`, again),
      verified,
      ...ELSEWHERE,
    ].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
  };
}

function judgeViewers(says: string, truth: Truth, history: ViewerHistoryRows): Verdict {
  const many = VIEWER_TABLES.map((name) => `${history.rows.filter(({ table }) => table === name).length} of ${name}`);
  return judge('I11', says, `rows: ${many.join(', ')}`, viewersAgainst(truth, history, KEPT_GRAINS));
}

function logsOf({ cluster }: Stage): string[] {
  return cluster.lifecycles.map(({ server }) => server.launch.logFile);
}

/** Starts the product. Gives where it is written down when a process ends that nobody has ended. */
async function begin({ cluster, record, kafka, tell }: Stage): Promise<string[]> {
  const exits: string[] = [];
  await cluster.prepare();
  await record.installAudit();
  await kafka.connect();
  for (const { name, server } of cluster.apps)
    server.onUnexpectedExit((code) => exits.push(`${name} ended with ${code}`));
  const redis = cluster.redis.server;
  redis.onUnexpectedExit((code) => {
    tell(`redis ended by itself with ${code}, and is started again; its log says why`);
    redis.start().catch((error: unknown) => exits.push(`redis did not start again: ${String(error)}`));
  });
  await Promise.all(cluster.apps.map(({ server }) => server.start()));
  tell('everything runs');
  return exits;
}

/** Workload and faults, until everything is taken or was not taken in time. */
async function strike(stage: Stage): Promise<{ struck: Struck[]; sampler: Sampler; quiet: string | null }> {
  const { cluster, record, projection, kafka, limits, tell } = stage;
  const { flags } = stage.options;
  const { lifecycles, query } = cluster;
  const sampler = new Sampler({ lifecycles, query, kafka, record, projection, prefix: PREFIX });
  sampler.start();
  const producer = startProducer(cluster, stage.journal, flags);
  stage.producer = producer;
  const struck = await haunt({
    field: {
      cluster,
      record,
      projection,
      random: new Random(flags.seed + 1),
      storm: (kind) => askForStorm(producer, kind),
    },
    kinds: flags.faults,
    without: flags.without,
    until: Date.now() + flags.minutes * 60_000,
    recoveryLimit: limits.recovery,
    recovered: async (deadline) => void (await untilTaken(kafka, record, deadline)),
    tell: ({ kind, detail, recoveryMs }) =>
      tell(`${kind}: ${detail}; recovered after ${recoveryMs ?? 'more than the limit of'} ms`),
  });
  await endProducer(producer);
  tell('the producer has said everything');
  const quiet = await quiesce(kafka, record, limits);
  await sampler.stop();
  tell(quiet ?? 'everything is taken');
  return { struck, sampler, quiet };
}

function bugFile(bug: string | undefined): string | undefined {
  if (bug === undefined) return undefined;
  const file = join(__dirname, 'bugs', `${bug.toLowerCase()}.js`);
  if (!existsSync(file)) throw new Error(`--bug: there is no seeded bug ${bug}`);
  return file;
}
