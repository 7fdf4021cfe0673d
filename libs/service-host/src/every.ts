/** Work that is done again and again until it is stopped. */
export interface Periodic {
  /** Resolves when the run at hand is over; no other begins. */
  stop(): Promise<void>;
}

/**
 * Does `work` every `ms`, for the first time after `ms`. Runs never overlap: one that takes longer is followed after
 * another `ms`. A run that fails is followed like any other. The log says WARN when runs begin to fail and INFO when they
 * succeed again, and nothing in between. `name`: what could not be done, for both lines. `ending` is aborted by `stop`.
 */
export function every(
  ms: number,
  name: string,
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void },
  work: (ending: AbortSignal) => Promise<unknown>,
): Periodic {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failing: { since: number; runs: number } | null = null;

  async function run(): Promise<void> {
    try {
      await work(ending.signal);
      if (failing)
        log.info(
          { work: name, failedForMs: Date.now() - failing.since, runs: failing.runs },
          'periodic work succeeds again',
        );
      failing = null;
    } catch (error) {
      if (ending.signal.aborted) return;
      if (!failing) log.warn({ err: error, work: name }, 'periodic work fails; it is tried again and again');
      failing = { since: failing?.since ?? Date.now(), runs: (failing?.runs ?? 0) + 1 };
    }
    plan();
  }

  function plan(): void {
    if (ending.signal.aborted) return;
    timer = setTimeout(() => {
      running = run();
    }, ms);
  }

  plan();
  return {
    async stop() {
      ending.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
