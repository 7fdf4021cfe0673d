/** Tells how far a comparison has come. */
export interface Progress {
  /** `of`: how many there are, about; null: that is not known. */
  at(what: string, done: number, of: number | null): void;
  end(): void;
}

export const SILENT: Progress = { at: () => undefined, end: () => undefined };

const EVERY_MS = 100;
const WIDTH = 30;

/** A bar on one line of a terminal. */
export class ProgressBar implements Progress {
  private drawnAt = 0;
  private since = 0;
  private what = '';

  constructor(
    private readonly out: { write(text: string): unknown },
    private readonly now: () => number = Date.now,
  ) {}

  at(what: string, done: number, of: number | null): void {
    const now = this.now();
    if (what !== this.what) [this.what, this.since] = [what, now];
    else if (now - this.drawnAt < EVERY_MS) return;
    this.drawnAt = now;
    this.out.write(`\r\x1b[K${what.padEnd(28)} ${of === null ? String(done) : this.bar(done, Math.max(of, done))}`);
  }

  end(): void {
    if (this.what !== '') this.out.write('\r\x1b[K');
    this.what = '';
  }

  private bar(done: number, of: number): string {
    const share = of === 0 ? 1 : done / of;
    const full = Math.round(share * WIDTH);
    const leftMs = share > 0.02 ? ((this.now() - this.since) * (1 - share)) / share : null;
    const left = leftMs === null ? '' : `, ${Math.ceil(leftMs / 1000)} s left`;
    return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(share * 100)} % (${done} of ${of}${left})`;
  }
}
