import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { changeClaims } from '../claims/change-claims';
import { takeoversOf } from '../claims/takeovers';
import { deriveHeld } from '../folds/derive-held';
import { lockFolds } from '../folds/lock-folds';
import { lockSessions } from '../folds/lock-sessions';
import { writeDerived } from '../folds/write-derived';
import { takeIn } from '../inbox/take-in';
import { lockProgress } from '../ingest/ingest-progress';
import { noteInOutbox } from '../outbox/note-in-outbox';
import type { Recorded } from '../outbox/recorded';
import { projectedCounts } from '../projected';
import type { QuarantineBudget } from '../quarantine/put-in-quarantine';
import { goOnFromTombstones } from '../retention/go-on-from-tombstones';
import { derivedRows } from '../session-log/derived-rows';
import { eventRows } from '../session-log/log-rows';
import { writeLog } from '../session-log/write-log';
import { beatCalm } from '../signals/beat-calm';
import { keepEarlierLook } from '../signals/keep-earlier-look';
import { keepTotals } from '../totals/keep-totals';
import { inTransaction } from '../transaction';
import { changeOf, mayHaveOpened } from './change-of';
import { withConflicts, writeEvidence } from './evidence';
import { foldEvents, newClaims, sessionsThatMoved } from './fold-events';
import { beatsOf, heartbeatsAlone, isHeartbeat, roomsSaid, subjectsOf } from './of-events';
import type { SessionToRecord, SliceEvidence } from './slice';

interface Outcome extends Recorded {
  /** Sessions that may have come into the projection, where their counts are not yet. */
  opened: string[];
}

/**
 * Records a slice of `marquee.sessions` in one transaction; the signs of calm sessions are noted before it. Gives what
 * Redis is to be told: the sessions that its events touched, changed or not, and their neighbours on a room's line of
 * claims where those changed. What it costs does not depend on how much its sessions and rooms have behind them.
 */
export async function recordSessions(
  source: DataSource,
  budget: QuarantineBudget,
  events: readonly SessionToRecord[],
  evidence: SliceEvidence,
): Promise<Recorded> {
  const calm = await beatCalm(source, beatsOf(heartbeatsAlone(events)));
  const wide = events.filter(({ event }) => !calm.has(event.subject));
  const rooms = new Set<string>();
  const { changes, outboxId, opened } = await inTransaction(source, (runner) =>
    record(runner, budget, wide, evidence, rooms),
  );
  // Read after the commit: a count that was committed before is among them, one that comes later finds the session open.
  return { changes: [...changes, ...(await projectedCounts(source, opened))], outboxId };
}

/** `assumed`: see lockSessions. */
async function record(
  runner: QueryRunner,
  budget: QuarantineBudget,
  events: readonly SessionToRecord[],
  evidence: SliceEvidence,
  assumed: Set<string>,
): Promise<Outcome> {
  await lookUpByKeys(runner);
  const nextOffset = evidence.progress && (await lockProgress(runner, evidence.progress));
  const { known, conflicts } = await takeIn(
    runner,
    events.filter((one) => !isHeartbeat(one)),
  );
  const free = events.filter((one) => !conflicts.has(one));
  const touched = subjectsOf(free);

  const held = await lockSessions(runner, touched, roomsSaid(free), assumed);
  const taken = await goOnFromTombstones(runner, held, free);
  const { records, logged } = foldEvents(held, taken, known, nextOffset);

  const moved = sessionsThatMoved(held, records);
  const claims = newClaims(taken, known, records);
  const beside = await changeClaims(runner, moved, claims);

  const neighbours = beside.filter((id) => !records.has(id)).sort();
  for (const [id, neighbour] of await lockFolds(runner, neighbours)) {
    held.set(id, neighbour);
    records.set(id, neighbour.record);
  }

  const takeovers = await takeoversOf(runner, records.values());
  const derived = [...records.values()].map((one) => deriveHeld(one, held.get(one.id), takeovers.get(one.id)));
  const { moves, before: shownBefore } = await writeDerived(runner, derived.map(keepEarlierLook));

  await writeLog(runner, [
    ...eventRows(logged.entries),
    ...derivedRows(derived, shownBefore, ({ id, takeover }) => takeover?.at ?? logged.latest.get(id) ?? logged.last),
  ]);

  const subjects = new Set(touched);
  const told = derived.filter(({ id, changed }) => changed || subjects.has(id));
  await keepTotals(runner, moves);
  const outboxId = await noteInOutbox(runner, { sessions: told.map(({ id }) => id) });
  await writeEvidence(runner, withConflicts(evidence, conflicts), budget);
  return {
    changes: told.flatMap((one) => changeOf(one) ?? []),
    outboxId,
    opened: told.filter(mayHaveOpened).map(({ id }) => id),
  };
}
