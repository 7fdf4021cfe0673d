import { check } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { takeoversOf } from '../claims/takeovers';
import { deriveHeld } from '../folds/derive-held';
import { lockSessions } from '../folds/lock-sessions';
import { writeDerived } from '../folds/write-derived';
import { noteInOutbox } from '../outbox/note-in-outbox';
import type { Recorded } from '../outbox/recorded';
import { derivedRows } from '../session-log/derived-rows';
import { writeLog } from '../session-log/write-log';
import { dueSessions } from '../signals/due-sessions';
import { moveDue } from '../signals/move-due';
import { keepTotals } from '../totals/keep-totals';
import { inTransaction } from '../transaction';
import { changeOf } from './change-of';

/** Bounds the rows that one statement locks. */
const MOVED_AT_ONCE = 2000;

export interface Look {
  /** How many folds are looked at, at most. */
  limit: number;
  /** Those with a longer lease are not looked at. */
  longestLeaseMs: number;
}

export interface Looked extends Recorded {
  /** How many folds were looked at, changed or not. */
  looked: number;
}

/**
 * Looks at the sessions whose time has come by the ingest watermark (epoch ms). Most of them gave a sign since the look
 * was planned: those are planned anew in SQL, unless more than that may be shown of them. Of the rest `limit` are derived
 * again. Gives what Redis is to be told: those that changed.
 */
export async function checkDue(source: DataSource, watermark: number, look: Look): Promise<Looked> {
  while ((await moveDue(source, watermark, MOVED_AT_ONCE)) === MOVED_AT_ONCE);
  const ids = await dueSessions(source, watermark, look.limit, look.longestLeaseMs);
  if (ids.length === 0) return { changes: [], outboxId: null, looked: 0 };
  const rooms = new Set<string>();
  const recorded = await inTransaction(source, (runner) => lookAt(runner, ids, watermark, rooms));
  return { ...recorded, looked: ids.length };
}

async function lookAt(
  runner: QueryRunner,
  ids: readonly string[],
  watermark: number,
  assumed: Set<string>,
): Promise<Recorded> {
  await lookUpByKeys(runner);
  const held = await lockSessions(runner, ids, [], assumed);
  const takeovers = await takeoversOf(
    runner,
    [...held.values()].map(({ record }) => record),
  );
  const derived = [...held].map(([id, before]) => {
    const looked = deriveHeld(check(before.record, watermark), before, takeovers.get(id));
    // A look that changes nothing is not noted, only when to look next.
    return looked.changed ? looked : deriveHeld(before.record, before, takeovers.get(id));
  });
  const { moves, before: shownBefore } = await writeDerived(runner, derived);

  const changed = derived.filter((one) => one.changed);
  await writeLog(
    runner,
    derivedRows(changed, shownBefore, () => watermark * 1000),
  );
  await keepTotals(runner, moves);
  const outboxId = await noteInOutbox(runner, { sessions: changed.map(({ id }) => id) });
  return { changes: changed.flatMap((one) => changeOf(one) ?? []), outboxId };
}
