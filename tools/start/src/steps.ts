const startedAt = Number(process.env['MARQUEE_STARTED_AT']) || Date.now();

/** Seconds since the command was given. */
export function elapsed(): string {
  return ((Date.now() - startedAt) / 1000).toFixed(1);
}

/** Tells what is being done, with the time since the start. */
export function tell(text: string): void {
  process.stdout.write(`${elapsed().padStart(6)} s  ${text}\n`);
}
