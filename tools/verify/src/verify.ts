import type { Position } from '#libs/contracts';
import { ProjectionAway, ProjectionContents } from '#libs/live-projection';
import { ApiKeys, createDataSource } from '#libs/session-store';
import { type Audience, KEYED, PUBLIC } from '#libs/session';
import type { DataSource } from 'typeorm';
import { EpochChanged, checkProjection } from './check-projection';
import { checkRecord } from './check-record';
import { checkRest } from './check-rest';
import { checkSocket } from './check-socket';
import { CouldNotLook, messageOf } from './could-not-look';
import type { Places } from './flags';
import { type CheckProgress, SILENT } from './check-progress';
import { Replica } from './replica';
import type { Finding, NotLooked, Report } from './report';
import { Rest } from './rest';
import { Subscriber } from './socket';

/** A count of all sessions is one statement. */
const STATEMENT_LIMIT_MS = 600_000;
const EPOCHS_IN_VAIN = 3;

/** What was found, with all that a repair needs. */
export interface Verified {
  report: Report;
  findings: Finding[];
}

/**
 * Compares the parts of a running system: Postgres with itself, Redis with Postgres, REST and the socket with Redis. What
 * does not answer is told, and the rest is looked at all the same.
 */
export async function verify(places: Places, progress: CheckProgress = SILENT): Promise<Verified> {
  const run = new Verification(places, progress);
  try {
    return await run.all();
  } finally {
    progress.end();
  }
}

/** The record, as this tool asks it. Throws CouldNotLook. */
export async function openRecord(url: string): Promise<DataSource> {
  const source = createDataSource({ url, name: 'verify', poolSize: 2, answerWithinMs: STATEMENT_LIMIT_MS });
  try {
    return await source.initialize();
  } catch (error) {
    const why = `Postgres cannot be reached: ${messageOf(error)}`;
    throw new CouldNotLook('Postgres', why, 'see that DATABASE_URL leads to it', { cause: error });
  }
}

class Verification {
  private readonly since = Date.now();
  private readonly findings: Finding[] = [];
  private readonly notLooked: NotLooked[] = [];
  private unknown: string[] = [];
  private position: Position | null = null;

  constructor(
    private readonly places: Places,
    private readonly progress: CheckProgress,
  ) {}

  async all(): Promise<Verified> {
    const { databaseUrl, redis, queryUrl, gatewayUrl } = this.places;
    await this.part('Postgres', databaseUrl, 'DATABASE_URL is not set', (url) => this.record(url));
    const readers = [
      ['REST', queryUrl, 'QUERY_URL is not set'],
      ['socket', gatewayUrl, 'GATEWAY_URL is not set'],
    ] as const;
    if (!redis) this.skip('Redis', 'REDIS_URL is not set');
    const isAway = this.notLooked.some(({ what, failed }) => what === 'Redis' && failed);
    const replica = redis && !isAway ? await this.attempt('Redis', () => Replica.follow(redis)) : undefined;
    try {
      for (const [what, url, why] of readers) {
        if (!url) this.skip(what, why);
        else if (!replica) this.skip(what, 'it is compared with Redis, which was not looked at');
        else await this.attempt(what, () => this.reader(what, url, replica));
      }
    } finally {
      await replica?.close();
    }
    return { report: this.report(), findings: this.findings };
  }

  private report(): Report {
    const { findings, notLooked, unknown, position, since } = this;
    const checks = findings.map((finding) => finding.check());
    return { position, tookMs: Date.now() - since, checks, notLooked, unknown, repaired: null };
  }

  private async record(url: string): Promise<void> {
    const source = await openRecord(url);
    try {
      const { findings, unknown } = await checkRecord(source, this.progress);
      this.done(findings);
      this.unknown = unknown;
      await this.attempt('Redis', () => this.projection(source));
    } finally {
      await source.destroy();
    }
  }

  private async projection(source: DataSource): Promise<void> {
    const { redis } = this.places;
    if (!redis) return;
    const contents = new ProjectionContents(redis);
    try {
      const { finding, position } = await inOneEpoch(() => checkProjection(source, contents, this.progress));
      this.done([finding]);
      this.position = position;
    } catch (error) {
      if (!(error instanceof ProjectionAway)) throw error;
      throw new CouldNotLook('Redis', error.message, 'see that REDIS_URL leads to it', { cause: error });
    } finally {
      contents.close();
    }
  }

  private async reader(what: 'REST' | 'socket', url: string, replica: Replica): Promise<void> {
    const { progress } = this;
    if (what === 'REST') {
      const rest = new Rest(url, this.places.apiKey);
      return this.done(await checkRest({ rest, replica, audience: await this.audience(), progress }));
    }
    const subscriber = new Subscriber(url);
    try {
      this.done(await checkSocket({ subscriber, replica, progress }));
    } finally {
      subscriber.close();
    }
  }

  /** A key that the record does not know is that of the service's own configuration, which sees all. */
  private async audience(): Promise<Audience> {
    const { apiKey, databaseUrl } = this.places;
    if (apiKey === undefined) return PUBLIC;
    if (databaseUrl === undefined) return KEYED;
    const source = await openRecord(databaseUrl);
    try {
      const known = await new ApiKeys(source).find(apiKey);
      return known && !known.scopes.includes('sessions:private') ? PUBLIC : KEYED;
    } finally {
      await source.destroy();
    }
  }

  private async part<T>(
    what: string,
    place: T | undefined,
    why: string,
    look: (place: T) => Promise<void>,
  ): Promise<void> {
    if (place === undefined) this.skip(what, why);
    else await this.attempt(what, () => look(place));
  }

  private done(findings: readonly Finding[]): void {
    this.findings.push(...findings);
  }

  private skip(what: string, why: string): void {
    this.notLooked.push({ what, why, failed: false });
  }

  /** What fails is told once. */
  private async attempt<T>(what: string, look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      const { what: whose, why } =
        error instanceof CouldNotLook
          ? { what: error.what, why: error.message }
          : { what, why: `it failed: ${messageOf(error)}` };
      if (!this.notLooked.some((one) => one.what === whose && one.failed)) {
        this.notLooked.push({ what: whose, why, failed: true });
      }
      return undefined;
    }
  }
}

/** A new epoch begins the comparison anew. */
async function inOneEpoch<T>(compare: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await compare();
    } catch (error) {
      if (!(error instanceof EpochChanged)) throw error;
      const why = `the projection was rebuilt ${tries} times meanwhile`;
      if (tries === EPOCHS_IN_VAIN)
        throw new CouldNotLook('Redis', why, 'look again when it is quiet', { cause: error });
    }
  }
}
