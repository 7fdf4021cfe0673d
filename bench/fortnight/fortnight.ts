import { type RetentionPolicy, createDataSource } from '#libs/session-store';
import { exitCodeOf, reportText, verify } from '#tools/verify';
import type { DataSource } from 'typeorm';
import { TopicLog } from '../ingest/topic-log';
import { Days } from './days';
import { type Kept, expectKept, heldBy, keptOf } from './kept';
import { letAllLeave } from './let-all-leave';
import type { MovedStack } from './moved-stack';
import { Platform, type Span } from './platform';
import { type Sizes, sizesOf, sizesText } from './sizes';

const DAY_MS = 86_400_000;
/** So far the clock is moved at once; what was said in it comes late by as much at most. */
const STEP_MS = DAY_MS / 6;

export interface FortnightOptions {
  moved: MovedStack;
  policy: RetentionPolicy;
  /** Sessions that are live at a time. */
  live: number;
  beginMs: number;
  say: (text: string) => void;
}

/** What a fortnight leaves. */
export interface Left {
  kept: Kept;
  sizes: Sizes;
  /** What an empty record takes. */
  empty: Sizes;
  /** Of Postgres' log, for all events and counts. */
  walBytes: number;
  events: number;
  counts: number;
}

/**
 * Lets a fortnight pass, step by step, until now: moves the clock, sends what was said meanwhile, and waits until Redis was
 * told all of it; once a day what is old leaves. Throws when the record then holds more or less than it should, or
 * when `verify` finds a difference.
 */
export async function fortnight(options: FortnightOptions): Promise<Left> {
  const { moved } = options;
  const log = await TopicLog.connect(moved.stack.kafkaBrokers);
  const source = await createDataSource({
    url: moved.stack.postgresUrl,
    name: 'bench',
    poolSize: 2,
    answerWithinMs: 600_000,
  }).initialize();
  try {
    return await new Fortnight(options, log, source).pass();
  } finally {
    await source.destroy();
    await log.close();
  }
}

class Fortnight {
  private readonly platform: Platform;
  private readonly inbox = new Days();
  private readonly log = new Days();
  private readonly sent = { events: 0, counts: 0 };

  constructor(
    private readonly options: FortnightOptions,
    private readonly topics: TopicLog,
    private readonly source: DataSource,
  ) {
    this.platform = new Platform(options.live, options.beginMs);
  }

  async pass(): Promise<Left> {
    const { source, options } = this;
    const { moved, beginMs, policy, say } = options;
    await vacuumSooner(source);
    const [empty, walFrom] = [await sizesOf(source), await walPosition(source)];
    await this.sendDirectory();
    let toMs = beginMs;
    for (; toMs + STEP_MS <= Date.now(); toMs += STEP_MS) {
      const step = { from: toMs, to: toMs + STEP_MS };
      await moved.moveTo(step.to, () => isAtRest(source));
      await this.send(step);
      if (step.to % DAY_MS === STEP_MS) await this.endDay(step.to);
    }
    await moved.moveTo(null, () => isAtRest(source));
    await moved.allTold();
    const nowMs = Date.now();
    await letAllLeave(moved, source, nowMs);
    const sent = { platform: this.platform, beginMs, endMs: toMs, inbox: this.inbox, log: this.log };
    const kept = keptOf(sent, policy, nowMs);
    const [walBytes, sizes] = [(await walPosition(source)) - walFrom, await sizesOf(source)];
    say(`in the end: ${sizesText(sizes)}`);
    expectKept(await heldBy(source), kept);
    await this.expectNoDifference();
    return { kept, sizes, empty, walBytes, ...this.sent };
  }

  private async sendDirectory(): Promise<void> {
    const { platform, options } = this;
    await options.moved.allTold();
    const count = await this.topics.fill(options.moved.topic('directory'), platform.directory());
    for (const days of [this.inbox, this.log]) days.add(options.beginMs, count);
    await options.moved.allTold();
  }

  private async send(span: Span): Promise<void> {
    const { platform, topics, options, sent } = this;
    const { moved } = options;
    // Everybody has looked at the moved clock before something comes.
    await moved.allTold();
    const events = platform.lifecycle(span);
    await topics.fill(moved.topic('sessions'), events);
    for (const { timeMs } of events) this.inbox.add(timeMs, 1);
    this.log.add(span.to, events.length);
    sent.events += events.length;
    sent.counts += await topics.fill(moved.topic('viewers'), platform.counts(span));
    await moved.allTold();
  }

  /** The first step of the next day has passed. */
  private async endDay(ms: number): Promise<void> {
    const { source, options } = this;
    await letAllLeave(options.moved, source, ms);
    options.say(`${new Date(ms).toISOString().slice(0, 10)}: ${sizesText(await sizesOf(source))}`);
  }

  private async expectNoDifference(): Promise<void> {
    const { moved, say } = this.options;
    const { report } = await verify({
      databaseUrl: moved.stack.postgresUrl,
      redis: { url: moved.stack.redisUrl, tag: moved.tag },
      queryUrl: moved.urls.query,
      gatewayUrl: moved.urls.gateway,
      apiKey: moved.apiKey,
    });
    say(reportText(report));
    if (exitCodeOf(report) !== 0) throw new Error('verify does not find everything equal');
  }
}

/** Whoever is at work while Postgres' clock is moved would be taken for hanging. */
async function isAtRest(source: DataSource): Promise<boolean> {
  const [row] = (await source.query(
    `SELECT count(*)::int AS busy FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()`,
  )) as [{ busy: number }];
  return row.busy === 0;
}

/** Hours pass in seconds: autovacuum has its turns in them. */
async function vacuumSooner(source: DataSource): Promise<void> {
  await source.query(`ALTER SYSTEM SET autovacuum_naptime = '1s'`);
  await source.query('SELECT pg_reload_conf()');
}

async function walPosition(source: DataSource): Promise<number> {
  const [row] = (await source.query(`SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS at`)) as [
    { at: number },
  ];
  return row.at;
}
