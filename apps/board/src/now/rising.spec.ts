import type { Row } from '../live/row';
import { risingOf } from './rising';

const row = (id: string, viewer_count: number | null): Row => ({ id, viewer_count }) as Row;

describe('who is rising', () => {
  const growth = new Map([
    ['small', 90],
    ['great', 100],
    ['falls', -5],
  ]);
  const rows = [row('great', 50_000), row('small', 140), row('falls', 10), row('unknown', 3)];

  it('is who gains most for its size; who falls, or is not known, is not', () => {
    expect(risingOf(rows, (id) => growth.get(id) ?? null, 4)).toEqual([
      { id: 'great', growth: 100 },
      { id: 'small', growth: 90 },
    ]);
  });

  it('are only so many', () => {
    expect(risingOf(rows, (id) => growth.get(id) ?? null, 1)).toEqual([{ id: 'small', growth: 90 }]);
  });
});
