import type { QueryRunner } from 'typeorm';
import { type MovedSession, moveClaims } from './move-claims';
import { neighboursOf, neighboursOfAllClaims } from './neighbours';
import { type ClaimRow, putClaims } from './put-claims';

/**
 * Moves all claims of sessions whose room is another one now, and writes new claims, in the caller's transaction. Gives the
 * sessions whose takeover may be another one then: those directly before a claim that came or left.
 */
export async function changeClaims(
  runner: QueryRunner,
  moved: readonly MovedSession[],
  claims: readonly ClaimRow[],
): Promise<string[]> {
  // Asked before they leave: between rows that are gone, each look would pass all of them.
  const left = await neighboursOfAllClaims(
    runner,
    moved.map(({ id, from }) => ({ id, room: from })),
  );
  await moveClaims(runner, moved);
  await putClaims(runner, claims);
  const joined = await neighboursOfAllClaims(
    runner,
    moved.map(({ id, to }) => ({ id, room: to })),
  );
  const before = await neighboursOf(runner, claims);
  return [...new Set([...left, ...joined, ...before])];
}
