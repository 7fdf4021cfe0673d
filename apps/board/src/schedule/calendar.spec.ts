import type { Row } from '../live/row';
import { calendarOf } from './calendar';

const row = (title: string): Row =>
  ({
    id: 'one',
    title,
    host_username: 'ana',
    room_title: null,
    scheduled_start_time: '2026-03-01T20:00:00.000Z',
  }) as Row;

describe('a calendar of what is scheduled', () => {
  it('names each session, its times and its page', () => {
    const text = calendarOf([row('Late, night; ramen\\')], 'https://board.example.com', Date.UTC(2026, 1, 1));
    expect(text.split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Marquee//Board//EN',
      'BEGIN:VEVENT',
      'UID:one@marquee',
      'DTSTAMP:20260201T000000Z',
      'DTSTART:20260301T200000Z',
      'DTEND:20260301T210000Z',
      'SUMMARY:Late\\, night\\; ramen\\\\',
      'DESCRIPTION:ana',
      'URL:https://board.example.com/s/one',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it.each(['\r\n', '\n', '\r'])('lets no title end its line: %j', (end) => {
    const text = calendarOf([row(`Ramen${end}ATTENDEE:mailto:x@example.com`)], 'https://b.example.com', 0);
    expect(text).toContain('\r\nSUMMARY:Ramen\\nATTENDEE:mailto:x@example.com\r\n');
  });

  it('folds long lines, and cuts no character', () => {
    const lines = calendarOf([row('日本語で雑談 '.repeat(20))], 'https://b.example.com', 0).split('\r\n');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(lines.join('').replaceAll(' ', '')).toContain('日本語で雑談日本語で雑談');
  });
});
