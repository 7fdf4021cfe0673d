import { closedQuarantine } from './closed-quarantine';
import { closedRanges } from './closed-ranges';
import { CountsOfNoSession } from './counts-of-no-session';
import { deletedEntities } from './deleted-entities';
import type { Leaving } from './leaving';
import { LeavingSessions } from './leaving-sessions';
import { oldActs } from './old-acts';
import { oldGaps } from './old-gaps';
import type { RetentionPolicy } from './policy';
import { revokedKeys } from './revoked-keys';
import { sessionTombstones } from './session-tombstones';

/** What leaves by rows, in the order in which it should: what a row leaves behind comes after it. */
export function leavingByRows(policy: RetentionPolicy): Leaving[] {
  const { quarantineDays, unlistedDays, sessionsDays, deletedDays } = policy;
  return [
    ...after(quarantineDays, closedQuarantine, closedRanges),
    ...after(
      unlistedDays,
      (days) => new LeavingSessions('sessions_unlisted', days),
      (days) => new CountsOfNoSession(days),
    ),
    ...after(
      sessionsDays,
      (days) => new LeavingSessions('sessions_ended', days),
      (days) => new LeavingSessions('sessions_expired', days),
    ),
    ...after(deletedDays, sessionTombstones, deletedEntities, oldGaps, revokedKeys, oldActs),
  ];
}

/** null: they stay for ever. */
function after(days: number | null, ...leaving: ((days: number) => Leaving)[]): Leaving[] {
  return days === null ? [] : leaving.map((one) => one(days));
}
