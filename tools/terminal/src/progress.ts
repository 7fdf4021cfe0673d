/** Where progress is shown: a terminal, or something that keeps what is written. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const WIDTH = 80;
const LINE_EVERY_MS = 5000;

/**
 * How far something is: in a terminal one line that is written over again and again; elsewhere a line every five seconds from
 * the fifth on, so that logs stay short. `now`: a clock in ms.
 */
export class Progress {
  private isOpen = false;
  private nextLineAt: number;

  constructor(
    private readonly output: Output = process.stdout,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.nextLineAt = now() + LINE_EVERY_MS;
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.output.write(`${text}\n`);
  }

  /** How far it is now; the next one takes its place. */
  show(text: string): void {
    if (this.output.isTTY) {
      const width = (this.output.columns ?? WIDTH) - 1;
      this.output.write(`\r\u001B[K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
      this.isOpen = true;
      return;
    }
    const now = this.now();
    if (now < this.nextLineAt) return;
    this.nextLineAt = now + LINE_EVERY_MS;
    this.output.write(`${text}\n`);
  }

  /** Takes away what was shown, in a terminal. */
  clear(): void {
    if (this.isOpen) this.output.write('\r\u001B[K');
    this.isOpen = false;
  }
}

/** `[######··············]  30 %`; of nothing all is done. */
export function bar(done: number, total: number, width = 24): string {
  const share = total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
  const full = Math.floor(share * width);
  return `[${'#'.repeat(full)}${'·'.repeat(width - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}
