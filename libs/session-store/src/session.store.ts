import type { ListQuery, ProjectionChange, Stats } from '#libs/contracts';
import type { Presentable } from '#libs/session';
import type { DataSource } from 'typeorm';
import { DatabaseAway, type FailureKind, failureKind } from './failures/failure-kind';
import { askWithin } from './list/bounded-question';
import { countSessions } from './list/count-sessions';
import {
  type FrozenLists,
  type ListedPage,
  type Part,
  findSession,
  freezeSessions,
  listSessions,
} from './list/list-sessions';
import type { After } from './list/order';
import { noteInOutbox } from './outbox/note-in-outbox';
import type { Recorded } from './outbox/recorded';
import {
  type ProjectedVersion,
  projectedAgain,
  projectedCounts,
  projectedNow,
  projectedPages,
  projectedSessions,
  projectedVersions,
} from './projected';
import { QUARANTINE_BUDGET, type QuarantineBudget } from './quarantine/put-in-quarantine';
import { leftAt } from './retention/left-at';
import { type Looked, checkDue } from './slice/check-due';
import { withConflicts, writeEvidence, writeEvidences } from './slice/evidence';
import { type FanOutBacklog, fanOutBacklog, nextFanOutPage } from './slice/fan-out';
import { type SessionCount, type ViewerSlice, recordCounts } from './slice/record-counts';
import { type ReferenceToRecord, recordReference } from './slice/record-reference';
import { recordSessions } from './slice/record-sessions';
import type { SessionToRecord, SliceEvidence } from './slice/slice';
import { inTransaction } from './transaction';

/** The record. Each slice is one transaction; what it gives is for Redis to be told after it, changed or not. */
export class SessionStore {
  constructor(
    private readonly source: DataSource,
    private readonly budget: QuarantineBudget = QUARANTINE_BUDGET,
  ) {}

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

  /** Records a slice of `marquee.sessions`. */
  recordSessionSlice(events: readonly SessionToRecord[], evidence: SliceEvidence): Promise<Recorded> {
    return recordSessions(this.source, this.budget, events, evidence);
  }

  /** Records a slice of `marquee.viewers`. */
  recordViewerSlice(counts: SessionCount[], evidence: SliceEvidence): Promise<Recorded> {
    return this.recordViewerSlices([{ counts, evidence }]);
  }

  /** Records slices of several partitions of `marquee.viewers` in one transaction. */
  async recordViewerSlices(slices: readonly ViewerSlice[]): Promise<Recorded> {
    const { changes, rest, outboxId } = await inTransaction(this.source, async (runner) => {
      const recorded = await recordCounts(
        runner,
        slices.flatMap(({ counts }) => counts),
      );
      await writeEvidences(
        runner,
        slices.map(({ evidence }) => evidence),
        this.budget,
      );
      return { ...recorded, outboxId: await noteInOutbox(runner, { counts: recorded.counted }) };
    });
    return { changes: [...changes, ...(await projectedCounts(this.source, rest))], outboxId };
  }

  /** Records a slice of `marquee.directory`. */
  async recordDirectorySlice(facts: ReferenceToRecord[], evidence: SliceEvidence): Promise<Recorded> {
    const touched = await inTransaction(this.source, async (runner) => {
      const outcome = await recordReference(runner, facts, evidence.progress);
      const { conflicts, ofOtherKind } = outcome;
      await writeEvidence(runner, withConflicts(evidence, conflicts, ofOtherKind), this.budget);
      return { ...outcome, outboxId: await noteInOutbox(runner, outcome) };
    });
    return { changes: await projectedNow(this.source, touched), outboxId: touched.outboxId };
  }

  /** Goes on to tell sessions that what they show has changed, at most `limit` of them; null when nothing is left to tell. */
  async fanOut(limit: number): Promise<Recorded | null> {
    const page = await inTransaction(this.source, async (runner) => {
      const sessions = await nextFanOutPage(runner, limit);
      return sessions && { sessions, outboxId: await noteInOutbox(runner, { sessions }) };
    });
    if (page === null) return null;
    return { changes: await projectedSessions(this.source, page.sessions), outboxId: page.outboxId };
  }

  /** How much of that is left. */
  fanOutBacklog(): Promise<FanOutBacklog> {
    return fanOutBacklog(this.source);
  }

  /** By which ingest watermark (epoch ms) sessions left the record; those that never did are missing. */
  leftAt(ids: readonly string[]): Promise<Map<string, number>> {
    return leftAt(this.source, ids);
  }

  /** Writes evidence alone: of a record that could not be taken although it is readable. */
  async recordEvidence(evidence: SliceEvidence): Promise<void> {
    await inTransaction(this.source, (runner) => writeEvidence(runner, evidence, this.budget));
  }

  /**
   * Looks at the sessions whose time has come by the ingest watermark (epoch ms), at most `limit` of them; not at those
   * with a lease longer than `longestLeaseMs`.
   */
  checkDue(watermark: number, { limit = 500, longestLeaseMs = Infinity } = {}): Promise<Looked> {
    return checkDue(this.source, watermark, { limit, longestLeaseMs });
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

  /**
   * A part of a query's sessions, the page it names where none is given; rows and total of one moment. Questions are
   * bounded in time (see bounded-question.ts), and stopped in Postgres when `gone` says that nobody waits any more.
   */
  list(query: ListQuery, now: number, part?: Part, gone?: AbortSignal): Promise<ListedPage> {
    return askWithin(this.source, (ask) => listSessions(ask, query, now, part), gone);
  }

  /** The open and the past sessions of a query in its order, both of one moment (see `freezeSessions`). */
  freeze(
    query: ListQuery,
    now: number,
    most: { open: number; past: number },
    after?: After,
    gone?: AbortSignal,
  ): Promise<FrozenLists> {
    return askWithin(this.source, (ask) => freezeSessions(ask, query, now, most, after), gone);
  }

  /** How many there are, of one moment. */
  stats(gone?: AbortSignal): Promise<Stats> {
    return askWithin(this.source, countSessions, gone);
  }

  /** One listed session, or undefined. */
  get(id: string, gone?: AbortSignal): Promise<Presentable | undefined> {
    return askWithin(this.source, (ask) => findSession(ask, id), gone);
  }
}
