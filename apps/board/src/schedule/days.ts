import type { Row } from '../live/row';

/** What is to start, or was to, on one day of the browser's time zone. */
export interface Day {
  /** Epoch ms of its midnight. */
  start: number;
  rows: Row[];
}

/** Groups by day, in the order of time; without a time it is on no day. */
export function daysOf(rows: readonly Row[]): Day[] {
  const timed = rows.filter(({ scheduled_start_time }) => scheduled_start_time !== null);
  const days = Map.groupBy(timed, ({ scheduled_start_time }) => midnightOf(scheduled_start_time ?? ''));
  return [...days].sort(([a], [b]) => a - b).map(([start, those]) => ({ start, rows: those.toSorted(byTime) }));
}

function byTime(a: Row, b: Row): number {
  return Date.parse(a.scheduled_start_time ?? '') - Date.parse(b.scheduled_start_time ?? '') || (a.id < b.id ? -1 : 1);
}

function midnightOf(time: string): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
