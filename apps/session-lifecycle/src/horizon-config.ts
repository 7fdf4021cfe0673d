import { DEFAULT_HORIZON_DAYS } from '#libs/contracts';
import { DEFAULT_POLICY } from '#libs/session-store';
import { z } from 'zod';

/** A time given as text, in fractions of its unit too: torture lets minutes pass for days. */
const span = z
  .string()
  .regex(/^\d+(\.\d+)?$/, { error: 'must be a number' })
  .transform(Number)
  .pipe(z.number().positive({ error: 'must be more than 0' }).max(100_000, { error: 'must be at most 100000' }));

export const horizonConfig = {
  /** How late an event may come; what comes later is quarantined. */
  EVENT_HORIZON_DAYS: span.default(DEFAULT_HORIZON_DAYS),
  EVENTS_KEEP_DAYS: span.default(DEFAULT_POLICY.eventsDays ?? 30),
  UNLISTED_KEEP_DAYS: span.default(DEFAULT_POLICY.unlistedDays ?? 8),
  /** Unset: for ever. */
  SESSIONS_KEEP_DAYS: span.optional(),
  DELETED_KEEP_DAYS: span.default(DEFAULT_POLICY.deletedDays ?? 400),
  /** So long Kafka has to keep what nobody could read: checked at start, and said where it is not so. */
  SURVIVED_OUTAGE_HOURS: span.default(72),
};

type Kept = 'EVENTS_KEEP_DAYS' | 'UNLISTED_KEEP_DAYS' | 'SESSIONS_KEEP_DAYS' | 'DELETED_KEEP_DAYS';
const KEPT: readonly Kept[] = ['EVENTS_KEEP_DAYS', 'UNLISTED_KEEP_DAYS', 'SESSIONS_KEEP_DAYS', 'DELETED_KEEP_DAYS'];

/**
 * What leaves while an event that is taken may still speak of it. Viewer history is not among it: a late count goes into
 * the steps that there still are.
 */
export function shorterThanHorizon(
  given: { EVENT_HORIZON_DAYS: number } & { [name in Kept]?: number | undefined },
): [name: Kept, message: string][] {
  const { EVENT_HORIZON_DAYS: horizon } = given;
  return KEPT.flatMap((name): [Kept, string][] => {
    const days = given[name];
    if (days === undefined || days > horizon) return [];
    return [
      [name, `must be more than EVENT_HORIZON_DAYS, which is ${horizon}: events that are as old as that are taken`],
    ];
  });
}
