/**
 * Callers share a read that begins after they have called, so each gets what was true at its call or later; however
 * many call, one read runs and one waits.
 */
export class SharedAfter<T> {
  private running: Promise<unknown> | undefined;
  private waiting: Promise<T> | undefined;

  constructor(private readonly read: () => Promise<T>) {}

  get isIdle(): boolean {
    return this.running === undefined && this.waiting === undefined;
  }

  ask(): Promise<T> {
    this.waiting ??= (this.running ?? Promise.resolve()).then(() => this.begin());
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
