/** How long what is kept, in fractions of the unit too; null: for ever. */
export interface RetentionPolicy {
  /** How late a message may say what it says, by the broker's time of it; days. Nothing older is taken. */
  horizonDays: number;
  /** `event_inbox` and `session_log`; days. */
  eventsDays: number | null;
  /** Viewer history in steps of ten seconds; hours. */
  viewersTenSecondsHours: number;
  /** Viewer history in steps of a minute; days. Steps of an hour stay for ever. */
  viewersMinutesDays: number;
  /** Rows of the quarantine after they were closed; days. */
  quarantineDays: number | null;
  /** What is held of sessions that were never listed; days. Longer than the horizon of events. */
  unlistedDays: number | null;
  /** Sessions that are ended or expired; days after their end. */
  sessionsDays: number | null;
  /** Tombstones of reference data, gaps, revoked keys, acts of admins; days. */
  deletedDays: number | null;
}

export const DEFAULT_POLICY: RetentionPolicy = {
  horizonDays: 7,
  eventsDays: 30,
  viewersTenSecondsHours: 48,
  viewersMinutesDays: 30,
  quarantineDays: 90,
  unlistedDays: 8,
  sessionsDays: null,
  deletedDays: 400,
};
