import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';

/** What a run of ten minutes leaves in Postgres, its write-ahead log included, is less than half of it. */
const SIZE = 4_294_967_296;
/** Of a full one: what may be written between the look and the change of size. */
const MARGIN = 1_048_576;

/** A file system of its own, which can be full. */
export class SmallDisk {
  private isMounted = true;

  private constructor(private readonly directory: string) {}

  /** Null where this process may not mount one: only root may, and not in every container. */
  static mount(directory: string): SmallDisk | null {
    try {
      mount('-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', directory);
    } catch {
      return null;
    }
    return new SmallDisk(directory);
  }

  /** Makes it as small as what is on it. */
  fill(): void {
    const { blocks, bfree, bsize } = statfsSync(this.directory);
    this.resize((blocks - bfree) * bsize + MARGIN);
  }

  free(): void {
    this.resize(SIZE);
  }

  unmount(): void {
    if (!this.isMounted) return;
    this.isMounted = false;
    execFileSync('umount', ['--lazy', this.directory], { stdio: 'pipe' });
  }

  private resize(size: number): void {
    mount('-o', `remount,size=${size}`, this.directory);
  }
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}
