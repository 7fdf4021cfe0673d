import type { Row } from '../live/row';
import { daysOf } from './days';

const at = (day: number, hour: number) => new Date(2026, 2, day, hour).toISOString();
const row = (id: string, scheduled_start_time: string | null): Row => ({ id, scheduled_start_time }) as Row;

it('a schedule is days in their order, each in the order of time', () => {
  const days = daysOf([row('c', at(2, 9)), row('b', at(1, 23)), row('none', null), row('a', at(1, 0))]);
  expect(days.map(({ start, rows }) => [start, rows.map(({ id }) => id)])).toEqual([
    [new Date(2026, 2, 1).getTime(), ['a', 'b']],
    [new Date(2026, 2, 2).getTime(), ['c']],
  ]);
});
