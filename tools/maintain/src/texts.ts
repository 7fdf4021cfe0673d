import type { LeavingPlan } from '#libs/session-store';
import { columns } from '#tools/terminal';

export interface TablePlan {
  table: string;
  /** Age of the oldest, in ms; null: the table is empty. */
  oldestMs: number | null;
  plans: LeavingPlan[];
}

/** What would leave, and why: a line for each thing, and one for each table of which nothing leaves. */
export function planText(tables: readonly TablePlan[], now: number): string {
  const rows = tables.flatMap(({ table, oldestMs, plans }) => {
    const oldest = oldestMs === null ? 'empty' : ageText(oldestMs);
    if (plans.length === 0) return [[table, oldest, '0', 'nothing']];
    return plans.map(({ what, rows: count }) => [table, oldest, String(Math.round(count)), what]);
  });
  const head = `as of ${new Date(now).toISOString()}, up to when all that producers said is recorded\n`;
  return head + columns([['TABLE', 'OLDEST', 'ROWS', 'WOULD LEAVE'], ...rows]);
}

/** `3 d 4 h`, `2 h 5 min`, `40 s` */
export function ageText(ms: number): string {
  const seconds = Math.max(Math.floor(ms / 1000), 0);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
