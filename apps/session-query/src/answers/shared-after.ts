/**
 * Callers share a read that begins after they have called, so each gets what was true at its call or later; however
 * many call, one read runs and one waits. A read begins when the turn of the event loop ends, so that it serves all
 * calls that came in with this turn.
 */
export class SharedAfter<T> {
  private running: Promise<unknown> | undefined;
  private waiting: Promise<T> | undefined;

  constructor(private readonly read: () => Promise<T>) {}

  get isIdle(): boolean {
    return this.running === undefined && this.waiting === undefined;
  }

  ask(): Promise<T> {
    this.waiting ??= (this.running ?? Promise.resolve()).then(endOfTurn).then(() => this.begin());
    return this.waiting;
  }

  private begin(): Promise<T> {
    this.waiting = undefined;
    const reading = this.read();
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
