import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether processes can be bound to cores: Linux with taskset and more than one core. */
export function canPin(): boolean {
  if (process.platform !== 'linux' || availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-c', '-p', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * The contestant has the first core for itself; this process, and all that it starts without further word (the servers,
 * the load), share the others.
 */
export function pinToTheOthers(): void {
  execFileSync('taskset', ['-a', '-c', '-p', `1-${coreCount() - 1}`, String(process.pid)], { stdio: 'ignore' });
}

/** A command line that runs on the contestant's core. */
export function onFirstCore(command: string, args: string[]): { command: string; args: string[] } {
  return { command: 'taskset', args: ['-c', '0', command, ...args] };
}

function coreCount(): number {
  return Number(execFileSync('nproc', ['--all'], { encoding: 'utf8' }));
}
