/** A table that is partitioned by time. */
export interface Partitioned {
  table: string;
  /** Storage parameters of each partition; those of columns are the table's. */
  storage: string | null;
  /** Whether its column is a date: then a partition is a day, whatever is configured. */
  byDate: boolean;
  /**
   * Whether rows of a time may come whose partition was taken away. Where they may not, such a time has no partition: what
   * comes that late is written to another table (see `history/viewer-grains.ts`).
   */
  takesThePast: boolean;
}

/** One that is not there yet, or not partitioned yet, is passed over. */
export const PARTITIONED: readonly Partitioned[] = [
  { table: 'event_inbox', storage: null, byDate: true, takesThePast: true },
  { table: 'session_log', storage: 'toast_tuple_target = 8160', byDate: true, takesThePast: true },
  { table: 'viewer_buckets', storage: 'fillfactor = 70', byDate: false, takesThePast: false },
  { table: 'viewer_minutes', storage: null, byDate: false, takesThePast: false },
];

/** How wide the partitions of tables are that are not partitioned by date; minutes. */
export const PARTITION_MINUTES = 1440;
