/** A read that callers share, from the first of them on. */
interface Shared<T> {
  answer: Promise<T>;
  /** How many still wait for it. */
  callers: number;
  leave: AbortController;
}

/**
 * Callers share a read that begins after they have called, so each gets what was true at its call or later; however
 * many call, one read runs and one waits. A read begins when the turn of the event loop ends, so that it serves all
 * calls that came in with this turn. When all its callers have gone, the read is told so.
 */
export class SharedAfter<T> {
  private running: Promise<unknown> | undefined;
  private waiting: Shared<T> | undefined;

  /** `leave`: its signal is aborted when all callers have gone. To make a signal takes several µs, so only who needs one asks for it. */
  constructor(private readonly read: (leave: AbortController) => Promise<T>) {}

  get isIdle(): boolean {
    return this.running === undefined && this.waiting === undefined;
  }

  /** Callers that share a read get the same promise. `gone`: the caller does not wait any more. */
  ask(gone?: AbortSignal): Promise<T> {
    const shared = (this.waiting ??= this.afterRunning());
    if (gone?.aborted) return shared.answer;
    shared.callers += 1;
    if (!gone) return shared.answer;
    const left = () => {
      shared.callers -= 1;
      // One that has not begun may get another caller yet.
      if (shared.callers === 0 && shared !== this.waiting) shared.leave.abort();
    };
    gone.addEventListener('abort', left, { once: true });
    return shared.answer;
  }

  private afterRunning(): Shared<T> {
    const leave = new AbortController();
    const turn = (this.running ?? Promise.resolve()).then(endOfTurn);
    return { answer: turn.then(() => this.begin(leave)), callers: 0, leave };
  }

  private begin(leave: AbortController): Promise<T> {
    if (this.waiting?.callers === 0) leave.abort();
    this.waiting = undefined;
    const reading = this.read(leave);
    const settle = () => {
      if (this.running === running) this.running = undefined;
    };
    const running = reading.then(settle, settle);
    this.running = running;
    return reading;
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
