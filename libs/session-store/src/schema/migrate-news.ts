/** What `migrate` tells while it works. */
export type MigrateNews =
  | { kind: 'waits' }
  | { kind: 'begins'; step: string }
  /** Somebody else holds a lock that the step needs. */
  | { kind: 'blocked'; step: string; by: string }
  /** What the step itself has to say. */
  | { kind: 'says'; step: string; text: string }
  | { kind: 'done'; step: string; tookMs: number };

export interface MigrateOptions {
  tell?: (news: MigrateNews) => void;
  /** How often a step is tried for which somebody holds a lock. */
  lockTries?: number;
  /** How wide the partitions of viewer history are; a day, but in tests. */
  partitionMinutes?: number;
}
