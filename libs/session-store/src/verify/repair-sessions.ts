import { type SessionRecord, decodeRecord } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { changeClaims } from '../claims/change-claims';
import type { MovedSession } from '../claims/move-claims';
import { claimRow } from '../claims/put-claims';
import { takeoversOf } from '../claims/takeovers';
import { deriveHeld } from '../folds/derive-held';
import { lockRooms } from '../folds/lock-rooms';
import { noteInOutbox } from '../outbox/note-in-outbox';
import { Outdated, inTransaction } from '../transaction';
import { type LockedFold, lockToRepair } from './lock-to-repair';
import { writeRepaired } from './write-repaired';

/**
 * Writes again, from folds and claims, what the other tables say of sessions, in one transaction: all claims of a session
 * lie on its room again, those of its first and last start are there, and who stands beside them is written where that
 * makes it another one. Their versions grow, so that every copy takes them. A session without a readable fold is left alone. Gives those that were
 * written.
 */
export async function repairSessions(source: DataSource, ids: readonly string[]): Promise<string[]> {
  return inTransaction(source, async (runner) => {
    await lookUpByKeys(runner);
    const rooms = await lockRooms(runner, await roomsOf(runner, ids), ids);
    const own = recordsOf(await lockToRepair(runner, ids));
    const moved = await claimsElsewhere(runner, own);
    if (moved.some(({ from, to }) => [from, to].some((room) => room !== null && !rooms.has(room)))) {
      throw new Outdated('the room of a claim');
    }
    const beside = await changeClaims(runner, moved, [...own.values()].flatMap(claimsOf));

    const all = await lockToRepair(runner, [...new Set([...ids, ...beside])].sort());
    const records = recordsOf(all);
    const takeovers = await takeoversOf(runner, records.values());
    const meant = new Set(ids);
    const repaired = all.flatMap((row) => {
      const record = records.get(row.id);
      const to = record && deriveHeld(record, undefined, takeovers.get(row.id));
      return to && (meant.has(row.id) || !to.digest.equals(row.digest)) ? [{ row, to }] : [];
    });
    await writeRepaired(runner, repaired);
    const told = repaired.map(({ to }) => to.id);
    await noteInOutbox(runner, { sessions: told });
    return told;
  });
}

/** Where their claims lie, and where their folds say that they belong. */
async function roomsOf(runner: QueryRunner, ids: readonly string[]): Promise<string[]> {
  const claimed = (await runner.query(CLAIMED, [ids])) as { room_id: string }[];
  const folds = (await runner.query(FOLDS, [ids])) as Pick<LockedFold, 'id' | 'fold'>[];
  const records = recordsOf(folds.map((row) => ({ ...row, lastSignalAt: null })));
  return [...claimed.map(({ room_id: room }) => room), ...[...records.values()].flatMap((one) => roomOf(one) ?? [])];
}

function recordsOf(rows: readonly Pick<LockedFold, 'id' | 'fold' | 'lastSignalAt'>[]): Map<string, SessionRecord> {
  return new Map(rows.flatMap(readRecord));
}

function readRecord({
  id,
  fold,
  lastSignalAt,
}: Pick<LockedFold, 'id' | 'fold' | 'lastSignalAt'>): [string, SessionRecord][] {
  try {
    const record = decodeRecord(id, fold);
    return [[id, lastSignalAt === null ? record : { ...record, last_signal_at: lastSignalAt }]];
  } catch {
    return [];
  }
}

async function claimsElsewhere(
  runner: QueryRunner,
  records: ReadonlyMap<string, SessionRecord>,
): Promise<MovedSession[]> {
  const all = [...records.values()];
  const values = [all.map(({ id }) => id), all.map(roomOf)];
  return (await runner.query(ELSEWHERE, values)) as MovedSession[];
}

function claimsOf(record: SessionRecord) {
  const { id, first_start: first, last_start: last } = record;
  return [first, last].flatMap((token) => (token ? [claimRow({ session: id, token }, roomOf(record))] : []));
}

function roomOf({ fields }: SessionRecord): string | null {
  return fields.room_id?.value ?? null;
}

const CLAIMED = `
  SELECT DISTINCT room_id FROM room_claims WHERE session_id = ANY($1::uuid[]) AND room_id IS NOT NULL`;

const FOLDS = `SELECT id, fold FROM session_folds WHERE id = ANY($1::uuid[])`;

const ELSEWHERE = `
  SELECT DISTINCT c.session_id AS id, c.room_id AS "from", own.room_id AS "to"
  FROM unnest($1::uuid[], $2::uuid[]) AS own (id, room_id) JOIN room_claims c ON c.session_id = own.id
  WHERE c.room_id IS DISTINCT FROM own.room_id`;
