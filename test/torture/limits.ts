/** Within which time what has to happen must happen, in ms. */
export interface Limits {
  /** After a fault, or after Kafka or Postgres are back that were away meanwhile: without them nobody can take anything. */
  recovery: number;
  /** From the last event until nothing is under way, and for everything to be consumed once more. */
  rest: number;
  /** For a process to say that it is ready after the last fault. */
  ready: number;
  /** For Redis to equal Postgres, also after it was emptied. */
  copy: number;
  /** For REST to equal Postgres while the watchdog goes on. */
  answers: number;
  /** From SIGTERM to the end of a process. */
  exit: number;
  /** For viewer history: a process that was killed while it took something away holds its post for 30 s. */
  history: number;
  /** How much later than usual others' events may be taken during a storm. */
  delay: number;
}

/** Of a machine that has nothing else to do. */
const ALONE: Limits = {
  recovery: 60_000,
  rest: 120_000,
  ready: 60_000,
  copy: 10_000,
  answers: 15_000,
  exit: 10_000,
  history: 60_000,
  delay: 2000,
};

/** `patience`: so many times as long as on a machine that has nothing else to do. */
export function limitsOf(patience: number): Limits {
  return Object.fromEntries(Object.entries(ALONE).map(([name, ms]) => [name, ms * patience])) as unknown as Limits;
}

export function secondsText(ms: number): string {
  return `${ms / 1000} s`;
}
