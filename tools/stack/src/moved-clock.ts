import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';

/** The clock of one process or of several, which can be moved while they run: libfaketime (Debian: `apt-get install faketime`). */
export class MovedClock {
  private constructor(
    private readonly file: string,
    private readonly library: string,
    private readonly isShared: boolean,
  ) {}

  /**
   * `file`: says how far the clock is off. `isShared`: several processes have it, so each reads the file whenever it asks for
   * the time, and none of them is behind another one. Null where libfaketime is not installed.
   */
  static create(file: string, { isShared = false } = {}): MovedClock | null {
    const library = libfaketime();
    if (library === null) return null;
    const clock = new MovedClock(file, library, isShared);
    clock.move(0);
    return clock;
  }

  /** For the processes whose clock it is. What waits for a span of time waits as before. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      ...(this.isShared ? { FAKETIME_NO_CACHE: '1' } : { FAKETIME_CACHE_DURATION: '1' }),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Else each wait of the virtual machine takes far too long.
      FAKETIME_FORCE_MONOTONIC_FIX: '0',
    };
  }

  /** From the true time, not from where it was moved before. */
  move(seconds: number): void {
    // Who reads the file meanwhile finds the whole of the one or the other.
    const next = `${this.file}.next`;
    writeFileSync(next, `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)}s`);
    renameSync(next, this.file);
  }
}

function libfaketime(): string | null {
  try {
    const files = execFileSync('dpkg', ['-L', 'libfaketime'], { encoding: 'utf8', stdio: 'pipe' }).split('\n');
    return files.find((file) => file.endsWith('libfaketimeMT.so.1')) ?? null;
  } catch {
    return null;
  }
}
