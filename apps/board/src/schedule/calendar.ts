import type { Row } from '../live/row';
import { titleText } from '../live/title-text';

const HOUR_MS = 3_600_000;
/** A line of a calendar is at most so many bytes; a longer one goes on after a blank. */
const LINE_BYTES = 74;

/** Sessions as a calendar of RFC 5545. How long they last nobody has said: an hour. `now`: epoch ms. */
export function calendarOf(rows: readonly Row[], origin: string, now: number): string {
  const events = rows.flatMap((row) =>
    row.scheduled_start_time === null ? [] : eventOf(row, row.scheduled_start_time, origin, now),
  );
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Marquee//Board//EN', ...events, 'END:VCALENDAR'];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

function eventOf({ id, title, host_username, room_title }: Row, start: string, origin: string, now: number): string[] {
  const begins = Date.parse(start);
  const who = [host_username, room_title].filter(Boolean).join(' · ');
  return [
    'BEGIN:VEVENT',
    `UID:${id}@marquee`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(begins)}`,
    `DTEND:${stamp(begins + HOUR_MS)}`,
    `SUMMARY:${escaped(titleText(title))}`,
    ...(who ? [`DESCRIPTION:${escaped(who)}`] : []),
    `URL:${origin}/s/${id}`,
    'END:VEVENT',
  ];
}

/** `20260301T200000Z`. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n|[\r\n]/g, '\\n');
}

function folded(line: string): string {
  const parts = [''];
  let bytes = 0;
  for (const character of line) {
    const size = new TextEncoder().encode(character).length;
    if (bytes + size > LINE_BYTES) {
      parts.push('');
      bytes = 0;
    }
    parts[parts.length - 1] += character;
    bytes += size;
  }
  return parts.join('\r\n ');
}
