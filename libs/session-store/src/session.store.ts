import type { ListQuery, ProjectionChange, Stats } from '#libs/contracts';
import { type Presentable, type SessionFact, check } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { DatabaseAway, type FailureKind, failureKind } from './failures/failure-kind';
import { askWithin } from './list/bounded-question';
import { countSessions } from './list/count-sessions';
import { type ListedPage, type Part, findSession, listSessions, orderOfSessions } from './list/list-sessions';
import type { After } from './list/order';
import {
  type ProjectedVersion,
  nextEpoch,
  projectedAgain,
  projectedCounts,
  projectedPages,
  projectedReference,
  projectedSessions,
  projectedVersions,
} from './projected';
import {
  type OwedSessions,
  type ProjectionClaims,
  noteEpoch,
  oweProjection,
  oweSessions,
  owedSessions,
  projectionClaims,
  settleProjection,
  settleSessions,
} from './projection-debt';
import { QUARANTINE_BUDGET, type QuarantineBudget } from './quarantine/put-in-quarantine';
import { LogPartitions, type Loggable, logEvents, unlogEvents } from './slice/event-log';
import { writeEvidence } from './slice/evidence';
import { type FanOutBacklog, fanOutBacklog, nextFanOutPage } from './slice/fan-out';
import { type SessionCount, recordCounts } from './slice/record-counts';
import { type ReferenceFact, recordReference } from './slice/record-reference';
import { recordSessions, rederive } from './slice/record-sessions';
import { type Bad, IdentityConflict, type SliceEvidence } from './slice/slice';

/** Lost the race for a lock or a snapshot: the same transaction again is right. */
const RETRIED = new Set(['40001', '40P01']);
const MAX_TRIES = 8;

export type SessionToRecord = Loggable & { fact: SessionFact };
export type ReferenceToRecord = { fact: ReferenceFact; loggable: Loggable | null };

/** The record. Each slice is one transaction; what it gives is to be projected after it, changed or not. */
export class SessionStore {
  private readonly partitions: LogPartitions;

  constructor(
    private readonly source: DataSource,
    private readonly budget: QuarantineBudget = QUARANTINE_BUDGET,
  ) {
    this.partitions = new LogPartitions(source);
  }

  /** Resolves when the database answers. */
  async ping(): Promise<void> {
    await this.source.query('SELECT 1');
  }

  /** Resolves when the database answers and takes writes; else throws DatabaseAway. */
  async pingForWrites(): Promise<void> {
    let isReadOnly: boolean | undefined;
    try {
      const [row] = (await this.source.query(
        `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS is_read_only`,
      )) as { is_read_only: boolean }[];
      isReadOnly = row?.is_read_only;
    } catch (error) {
      throw new DatabaseAway(error);
    }
    if (isReadOnly) throw new DatabaseAway(new Error('it is read-only'));
  }

  /** What an error means. Nothing is said of what was asked while the database takes no writes: then it is `away`. */
  async whatFailed(error: unknown): Promise<FailureKind> {
    const kind = failureKind(error);
    if (kind === 'away') return kind;
    return this.pingForWrites().then(
      () => kind,
      () => 'away',
    );
  }

  /** Records a slice of `marquee.sessions`. `now`: epoch ms. */
  async recordSessionSlice(
    events: SessionToRecord[],
    evidence: SliceEvidence,
    now: number,
  ): Promise<ProjectionChange[]> {
    await this.partitions.ensure(
      events.map(({ event }) => event.time),
      now,
    );
    const ids = await this.transaction(async (runner) => {
      const conflicts = await logEvents(runner, events);
      const facts = events.filter((one) => !conflicts.has(one)).map(({ fact }) => fact);
      const projected = await recordSessions(runner, facts);
      await writeEvidence(runner, withConflicts(evidence, conflicts), this.budget);
      return projected;
    });
    return projectedSessions(this.source, ids);
  }

  /** Records a slice of `marquee.viewers`. */
  async recordViewerSlice(counts: SessionCount[], evidence: SliceEvidence): Promise<ProjectionChange[]> {
    const ids = await this.transaction(async (runner) => {
      const counted = await recordCounts(runner, counts);
      await writeEvidence(runner, evidence, this.budget);
      return counted;
    });
    return projectedCounts(this.source, ids);
  }

  /** Records a slice of `marquee.directory`. `now`: epoch ms. */
  async recordDirectorySlice(
    facts: ReferenceToRecord[],
    evidence: SliceEvidence,
    now: number,
  ): Promise<ProjectionChange[]> {
    const loggables = facts.flatMap(({ loggable }) => (loggable ? [loggable] : []));
    await this.partitions.ensure(
      loggables.map(({ event }) => event.time),
      now,
    );
    const { entities, sessions } = await this.transaction(async (runner) => {
      const conflicts = await logEvents(runner, loggables);
      const good = facts.filter(({ loggable }) => !loggable || !conflicts.has(loggable));
      const outcome = await recordReference(
        runner,
        good.map(({ fact }) => fact),
      );
      const ofOtherKind = good.flatMap(({ fact, loggable }) =>
        loggable && outcome.conflicts.has(fact) ? [loggable] : [],
      );
      await unlogEvents(runner, ofOtherKind);
      await writeEvidence(runner, withConflicts(evidence, conflicts, ofOtherKind), this.budget);
      return outcome;
    });
    return [...(await projectedReference(this.source, entities)), ...(await projectedSessions(this.source, sessions))];
  }

  /**
   * Goes on to tell sessions that what they show has changed, at most `limit` of them. Gives what is to be projected, and
   * `owed` for `settleSessions` after it was; null when nothing is left to tell.
   */
  async fanOut(limit: number): Promise<{ changes: ProjectionChange[]; owed: string[] } | null> {
    const page = await this.transaction((runner) => nextFanOutPage(runner, limit));
    if (page === null) return null;
    const changes = await projectedSessions(this.source, page.sessions);
    return { changes, owed: page.owed === null ? [] : [page.owed] };
  }

  /** How much of that is left. */
  fanOutBacklog(): Promise<FanOutBacklog> {
    return fanOutBacklog(this.source);
  }

  /** Writes evidence alone: of a record that could not be taken although it is readable. */
  async recordEvidence(evidence: SliceEvidence): Promise<void> {
    await this.transaction((runner) => writeEvidence(runner, evidence, this.budget));
  }

  /**
   * Looks at the sessions whose time has come by the ingest watermark (epoch ms), at most `limit` of them; not at those
   * with a lease longer than `longestLeaseMs`.
   */
  async checkDue(watermark: number, { limit = 500, longestLeaseMs = Infinity } = {}): Promise<ProjectionChange[]> {
    const due = (await this.source.query(
      `SELECT id FROM sessions WHERE next_check_at < $1 AND ($3::float8 IS NULL OR (CASE
         WHEN status <> 'live' THEN 0 WHEN fold ? 'lease' THEN (fold -> 'lease' ->> 'value')::float8 * 1000
         WHEN fold ? 'heartbeats' THEN 60000 ELSE 0 END) <= $3)
       ORDER BY next_check_at LIMIT $2`,
      [new Date(watermark).toISOString(), limit, longestLeaseMs === Infinity ? null : longestLeaseMs],
    )) as { id: string }[];
    const ids = due.map(({ id }) => id).sort();
    if (ids.length === 0) return [];
    const changed = await this.transaction(async (runner) => {
      const derived = await rederive(runner, ids, [], (records) => {
        for (const id of ids) {
          const record = records.get(id);
          if (record) records.set(id, check(record, watermark));
        }
      });
      await oweSessions(runner, derived);
      return derived;
    });
    return projectedSessions(this.source, changed);
  }

  /** Everything that the projection holds, in pages. */
  pages(): AsyncGenerator<ProjectionChange[]> {
    return projectedPages(this.source);
  }

  /** The same without the contents. */
  versions(): AsyncGenerator<ProjectedVersion[]> {
    return projectedVersions(this.source);
  }

  /** As it is now, what was projected before, or is held. */
  projectable(of: readonly Pick<ProjectionChange, 'kind' | 'id'>[]): Promise<ProjectionChange[]> {
    return projectedAgain(this.source, of);
  }

  /** An epoch that was never given out, and greater than `after`. */
  nextEpoch(after = 0): Promise<number> {
    return nextEpoch(this.source, after);
  }

  /** An epoch was switched in. */
  noteEpoch(epoch: number): Promise<void> {
    return noteEpoch(this.source, epoch);
  }

  /** What the record knows of its projection. */
  projectionClaims(): Promise<ProjectionClaims> {
    return projectionClaims(this.source);
  }

  /** Notes that changes were recorded that the projection did not take. */
  oweProjection(): Promise<void> {
    return oweProjection(this.source);
  }

  /** The database's clock, to be given to `settleProjection`. */
  async clock(): Promise<string> {
    const [row] = (await this.source.query('SELECT clock_timestamp()::text AS now')) as { now: string }[];
    return row?.now ?? '';
  }

  /** The projection was brought up to a state read after `since`; a later debt stays. */
  settleProjection(since: string): Promise<void> {
    return settleProjection(this.source, since);
  }

  /** Sessions whose change was recorded a while ago, and which nothing but this list brings again. */
  owedSessions(): Promise<OwedSessions> {
    return owedSessions(this.source);
  }

  /** They were projected as they are now. */
  settleSessions(rows: readonly string[]): Promise<void> {
    return settleSessions(this.source, rows);
  }

  /**
   * A part of a query's sessions, the page it names where none is given; rows and total of one moment. Questions are
   * bounded in time (see bounded-question.ts), and stopped in Postgres when `gone` says that nobody waits any more.
   */
  list(query: ListQuery, now: number, part?: Part, gone?: AbortSignal): Promise<ListedPage> {
    return askWithin(this.source, (ask) => listSessions(ask, query, now, part), gone);
  }

  /** The ids of a query's sessions in its order, 16 bytes each, at most `limit`; those behind `after` where given. */
  order(query: ListQuery, now: number, limit: number, after?: After, gone?: AbortSignal): Promise<Buffer> {
    return askWithin(this.source, (ask) => orderOfSessions(ask, query, now, limit, after), gone);
  }

  /** How many there are, of one moment. */
  stats(gone?: AbortSignal): Promise<Stats> {
    return askWithin(this.source, countSessions, gone);
  }

  /** One listed session, or undefined. */
  get(id: string, gone?: AbortSignal): Promise<Presentable | undefined> {
    return askWithin(this.source, (ask) => findSession(ask, id), gone);
  }

  private async transaction<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const runner = this.source.createQueryRunner();
      try {
        await runner.connect();
        await runner.startTransaction('READ COMMITTED');
        const result = await work(runner);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        if (tries >= MAX_TRIES || !RETRIED.has((error as { code?: string }).code ?? '')) throw error;
      } finally {
        await runner.release();
      }
    }
  }
}

/** `ofOtherKind`: they are about an id that is another kind of entity. */
function withConflicts(
  evidence: SliceEvidence,
  conflicts: ReadonlySet<Loggable>,
  ofOtherKind: readonly Loggable[] = [],
): SliceEvidence {
  const known: Bad[] = [...conflicts].map(({ origin, event }) => ({
    ...origin,
    kind: 'record',
    source: event.source,
    reason: 'id-conflict',
    error: `an event with source ${event.source} and id ${event.id} is known with other data`,
  }));
  const other: Bad[] = ofOtherKind.map(({ origin, event }) => ({
    ...origin,
    kind: 'record',
    source: event.source,
    reason: 'kind-conflict',
    error: `subject: ${event.type} is about ${event.subject}, which is known as another kind of entity`,
  }));
  const conflicting = [...known, ...other];
  const [first] = conflicting;
  if (first && evidence.conflicts === 'throw') throw new IdentityConflict(first);
  return { ...evidence, bad: [...evidence.bad, ...conflicting] };
}
