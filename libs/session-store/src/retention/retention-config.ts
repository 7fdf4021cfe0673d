import { integer } from '#libs/service-host';
import { z } from 'zod';
import { PARTITION_MINUTES } from '../partitions/partitioned';
import { DEFAULT_POLICY, type RetentionPolicy } from './policy';

const MESSAGE = 'must be more than 0, with a fraction where it is needed';
const amount = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,9})?$/, { error: MESSAGE })
  .transform(Number)
  .pipe(z.number().positive({ error: MESSAGE }));
const orForEver = z.union([z.literal('ever').transform(() => null), amount], { error: `${MESSAGE}, or ever` });

/** How long what is kept, as variables; for `z.object({ ...retentionConfig, … })`. */
export const retentionConfig = {
  EVENT_HORIZON_DAYS: amount.default(DEFAULT_POLICY.horizonDays),
  EVENTS_KEEP_DAYS: orForEver.default(DEFAULT_POLICY.eventsDays),
  VIEWERS_KEEP_10S_HOURS: amount.default(DEFAULT_POLICY.viewersTenSecondsHours),
  VIEWERS_KEEP_1MIN_DAYS: amount.default(DEFAULT_POLICY.viewersMinutesDays),
  QUARANTINE_KEEP_DAYS: orForEver.default(DEFAULT_POLICY.quarantineDays),
  UNLISTED_KEEP_DAYS: orForEver.default(DEFAULT_POLICY.unlistedDays),
  SESSIONS_KEEP_DAYS: orForEver.default(DEFAULT_POLICY.sessionsDays),
  DELETED_KEEP_DAYS: orForEver.default(DEFAULT_POLICY.deletedDays),
  /** How wide the partitions of viewer history are; less than a day is for tests, which cannot wait. */
  PARTITION_MINUTES: integer(1, PARTITION_MINUTES).default(PARTITION_MINUTES),
};

type RetentionConfig = z.output<z.ZodObject<typeof retentionConfig>>;

export function policyOf(config: RetentionConfig): RetentionPolicy {
  return {
    horizonDays: config.EVENT_HORIZON_DAYS,
    eventsDays: config.EVENTS_KEEP_DAYS,
    viewersTenSecondsHours: config.VIEWERS_KEEP_10S_HOURS,
    viewersMinutesDays: config.VIEWERS_KEEP_1MIN_DAYS,
    quarantineDays: config.QUARANTINE_KEEP_DAYS,
    unlistedDays: config.UNLISTED_KEEP_DAYS,
    sessionsDays: config.SESSIONS_KEEP_DAYS,
    deletedDays: config.DELETED_KEEP_DAYS,
  };
}

/** What is wrong with the variables together: the variable, and why. */
export function contradictingRetention(config: RetentionConfig): [variable: string, message: string][] {
  const horizon = config.EVENT_HORIZON_DAYS;
  const mustBeLonger = (['EVENTS_KEEP_DAYS', 'UNLISTED_KEEP_DAYS', 'SESSIONS_KEEP_DAYS', 'DELETED_KEEP_DAYS'] as const)
    .filter((variable) => (config[variable] ?? Infinity) <= horizon)
    .map((variable): [string, string] => [
      variable,
      `must be more than EVENT_HORIZON_DAYS, which is ${horizon}: events that are as old as that are taken`,
    ]);
  if (config.VIEWERS_KEEP_1MIN_DAYS * 24 >= config.VIEWERS_KEEP_10S_HOURS) return mustBeLonger;
  return [...mustBeLonger, ['VIEWERS_KEEP_1MIN_DAYS', 'must not be shorter than VIEWERS_KEEP_10S_HOURS']];
}
