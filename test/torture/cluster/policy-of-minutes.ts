/** How long viewer history stays at a grain, in minutes: so short that it goes through all of them while faults strike. */
const KEEP_TENS_MINUTES = 2;
const KEEP_MINUTES_MINUTES = 5;

/** What the product is told; in the units of its variables. */
export const POLICY_OF_MINUTES = {
  VIEWERS_KEEP_10S_HOURS: (KEEP_TENS_MINUTES / 60).toFixed(9),
  VIEWERS_KEEP_1MIN_DAYS: (KEEP_MINUTES_MINUTES / 1440).toFixed(9),
  PARTITION_MINUTES: '1',
  MAINTENANCE_EVERY_SECONDS: '2',
};

/** What the oracle knows; ms. Less by what the fractions above leave out. */
export const KEPT_GRAINS = {
  tensMs: KEEP_TENS_MINUTES * 60_000 - 10,
  minutesMs: KEEP_MINUTES_MINUTES * 60_000 - 10,
};
