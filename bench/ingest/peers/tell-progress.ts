const TELL_EVERY_MS = 20;

/** Tells the bench again and again how many events are applied. */
export function tellProgress(applied: () => number): void {
  setInterval(() => process.send?.(applied()), TELL_EVERY_MS);
}
