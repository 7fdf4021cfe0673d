import type { QueryRunner } from 'typeorm';
import { Outdated } from '../transaction';
import { type HeldSession, lockFolds } from './lock-folds';
import { lockRooms } from './lock-rooms';

/**
 * Locks rooms, then sessions, for the transaction, and gives the sessions that are known. `assumed`: rooms of these
 * sessions, as far as an earlier try has found them. A session may stand in another room by the time it is locked: then
 * that room is added, and Outdated is thrown, so that the transaction begins anew with it.
 */
export async function lockSessions(
  runner: QueryRunner,
  ids: readonly string[],
  rooms: readonly string[],
  assumed: Set<string>,
): Promise<Map<string, HeldSession>> {
  const locked = await lockRooms(runner, [...rooms, ...assumed], ids);
  const held = await lockFolds(runner, ids);
  for (const { roomId } of held.values()) {
    if (roomId === null || locked.has(roomId)) continue;
    assumed.add(roomId);
    throw new Outdated('the room of a session');
  }
  return held;
}
