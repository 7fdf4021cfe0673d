import { readFileSync, readdirSync } from 'node:fs';

/** Linux gives every process its time in these, whatever the kernel's own. */
const TICKS_PER_SECOND = 100;

export interface ProcessStat {
  parent: number;
  /** User and system time of all its threads and of its children that ended, in seconds. */
  cpuSeconds: number;
}

/** One `/proc/PID/stat`. The name in it may hold spaces and brackets. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** CPU seconds that a process and all its descendants have used; NaN where there is no /proc, or no such process. */
export function cpuSecondsOf(pid: number): number {
  const stats = readAll();
  if (!stats.has(pid)) return NaN;
  const isBelow = (one: number | undefined): boolean =>
    one !== undefined && (one === pid || isBelow(stats.get(one)?.parent));
  return [...stats].filter(([one]) => isBelow(one)).reduce((sum, [, { cpuSeconds }]) => sum + cpuSeconds, 0);
}

function readAll(): Map<number, ProcessStat> {
  const stats = new Map<number, ProcessStat>();
  for (const name of readDirectory('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      stats.set(Number(name), parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')));
    } catch {
      // It has ended since.
    }
  }
  return stats;
}

function readDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
