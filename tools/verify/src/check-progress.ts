import { Progress, bar } from '#tools/terminal';

/** Tells how far a comparison has come. */
export interface CheckProgress {
  /** `of`: how many there are, about; null: that is not known. */
  at(what: string, done: number, of: number | null): void;
  end(): void;
}

export const SILENT: CheckProgress = { at: () => undefined, end: () => undefined };

const EVERY_MS = 100;

/** How far it is, and for how long it will go on, on one line of a terminal. */
export class ProgressBar implements CheckProgress {
  private readonly shown: Progress;
  private drawnAt = 0;
  private since = 0;
  private what = '';

  constructor(
    out: { write(text: string): unknown },
    private readonly now: () => number = Date.now,
  ) {
    this.shown = new Progress({ isTTY: true, write: (text) => out.write(text) });
  }

  at(what: string, done: number, of: number | null): void {
    const now = this.now();
    if (what !== this.what) [this.what, this.since] = [what, now];
    else if (now - this.drawnAt < EVERY_MS) return;
    this.drawnAt = now;
    this.shown.show(`${what.padEnd(20)} ${of === null ? String(done) : this.howFar(done, Math.max(of, done))}`);
  }

  end(): void {
    this.shown.clear();
    this.what = '';
  }

  private howFar(done: number, of: number): string {
    const share = of === 0 ? 1 : done / of;
    const leftMs = share > 0.02 ? ((this.now() - this.since) * (1 - share)) / share : null;
    const left = leftMs === null ? '' : `, ${Math.ceil(leftMs / 1000)} s left`;
    return `${bar(done, of)} (${done} of ${of}${left})`;
  }
}
