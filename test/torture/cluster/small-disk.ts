import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What a run of ten minutes leaves in Postgres, its write-ahead log included, is less than half of it. */
const SIZE_MB = 4096;
const BLOCK = Buffer.alloc(1_048_576);

/** A file system of its own, small enough to be filled. */
export class SmallDisk {
  private isMounted = true;

  private constructor(private readonly directory: string) {}

  /** Null where this process may not mount one: only root may, and not in every container. */
  static mount(directory: string): SmallDisk | null {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=755`, 'tmpfs', directory], { stdio: 'pipe' });
    } catch {
      return null;
    }
    return new SmallDisk(directory);
  }

  /** Takes all the space that is left. */
  fill(): void {
    const file = openSync(this.ballast, 'a');
    try {
      for (;;) writeSync(file, BLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    if (!this.isMounted) return;
    this.isMounted = false;
    execFileSync('umount', ['--lazy', this.directory], { stdio: 'pipe' });
  }

  private get ballast(): string {
    return join(this.directory, 'ballast');
  }
}
