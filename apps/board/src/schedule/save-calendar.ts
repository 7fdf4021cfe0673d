import { serverNow } from '../api/settings';
import type { Row } from '../live/row';
import { calendarOf } from './calendar';

/** Gives a calendar file to the browser. */
export function saveCalendar(rows: readonly Row[], name: string): void {
  const url = URL.createObjectURL(
    new Blob([calendarOf(rows, location.origin, serverNow())], { type: 'text/calendar' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}.ics`;
  link.click();
  URL.revokeObjectURL(url);
}
