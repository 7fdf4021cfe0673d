import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** The clock of one process, which can be moved while it runs: libfaketime (Debian: `apt-get install faketime`). */
export class MovedClock {
  private constructor(
    private readonly file: string,
    private readonly library: string,
  ) {}

  /** `file`: says how far the clock is off. Null where libfaketime is not installed. */
  static create(file: string): MovedClock | null {
    const library = libfaketime();
    if (library === null) return null;
    const clock = new MovedClock(file, library);
    clock.move(0);
    return clock;
  }

  /** For the process whose clock it is. What waits for a span of time waits as before. */
  get env(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Else each wait of the virtual machine takes far too long.
      FAKETIME_FORCE_MONOTONIC_FIX: '0',
    };
  }

  /** From the true time, not from where it was moved before. */
  move(seconds: number): void {
    writeFileSync(this.file, `${seconds < 0 ? '' : '+'}${seconds}s`);
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
