import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

interface Entry {
  name: string;
  pid: number;
  /** The command line as the system shows it. */
  command: string;
}

/**
 * Who runs for a data directory. Children outlive a parent that is killed: the next start ends those, and only those,
 * whose pid and command line both still stand here.
 */
export class RunFile {
  private entries: Entry[] = [];

  constructor(private readonly file: string) {}

  /** Again for the same pid: some call themselves otherwise once they are up. */
  add(name: string, pid: number): void {
    const command = commandOf(pid);
    if (command === null) return;
    this.entries = [...this.entries.filter((entry) => entry.pid !== pid), { name, pid, command }];
    writeFileSync(this.file, JSON.stringify(this.entries));
  }

  remove(): void {
    this.entries = [];
    rmSync(this.file, { force: true });
  }

  /** Ends what an earlier start left behind; the newest first. Gives the names. */
  async endOrphans(): Promise<string[]> {
    const orphans = this.read().filter(({ pid, command }) => commandOf(pid) === command);
    for (const { pid, name } of orphans.reverse()) {
      process.kill(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    }
    for (const orphan of orphans) await ended(orphan);
    rmSync(this.file, { force: true });
    return orphans.map(({ name }) => name);
  }

  private read(): Entry[] {
    if (!existsSync(this.file)) return [];
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Entry[];
    } catch {
      return [];
    }
  }
}

async function ended({ pid, command }: Entry): Promise<void> {
  const killAt = Date.now() + 8000;
  while (commandOf(pid) === command) {
    if (Date.now() > killAt) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The command line of a process, null where there is none (or only its remains, not yet collected). */
function commandOf(pid: number): string | null {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') || null;
    } catch {
      return null;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
