import { readFileSync } from 'node:fs';
import type { ContestantProcess } from '../machinery/contestant-process';

const LOOK_EVERY_MS = 250;
const ESTABLISHED = '01';

/** Looks all the time at what a process takes, and at how many connections lead to a port that only it connects to. */
export class Watch {
  private readonly seen = { mb: 0, connections: 0 };
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly process: ContestantProcess,
    private readonly port: number,
  ) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** What the system has given it at this moment. */
  get mb(): number {
    return this.process.residentBytes() / 1e6;
  }

  /** The most that was seen so far. */
  most(): { mb: number; connections: number } {
    this.look();
    return { ...this.seen };
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    this.seen.mb = Math.max(this.seen.mb, this.mb);
    this.seen.connections = Math.max(this.seen.connections, connectionsTo(this.port));
  }
}

/** As Linux has them; those that their client has closed do not count, whether or not the other side knows. */
function connectionsTo(port: number): number {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , to, state]) => to?.endsWith(remote) && state === ESTABLISHED).length;
}
