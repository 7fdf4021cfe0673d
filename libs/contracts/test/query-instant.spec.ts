import { z } from 'zod';
import { instant } from '../src/events/instant';
import { viewersQuery } from '../src/rest/history';
import { listQuery, liveListQuery, roomListQuery } from '../src/rest/list-query';
import { queryInstant } from '../src/rest/query-instant';

describe('a time in a URL', () => {
  it.each([
    ['2026-03-01T14:00:00 02:00', Date.UTC(2026, 2, 1, 12)],
    ['2026-03-01T14:00:00.250 05:30', Date.UTC(2026, 2, 1, 8, 30, 0, 250)],
    ['2026-03-01 14:00:00 00:00', Date.UTC(2026, 2, 1, 14)],
    ['2026-03-01T14:00:00+02:00', Date.UTC(2026, 2, 1, 12)],
    ['2026-03-01T14:00:00-02:00', Date.UTC(2026, 2, 1, 16)],
    ['2026-03-01T14:00:00Z', Date.UTC(2026, 2, 1, 14)],
  ])('%s: a space before the zone is its plus', (text, expected) => {
    expect(queryInstant.parse(text)).toBe(expected);
  });

  it.each(['2026-03-01T14:00:00', '2026-03-01 14:00', '2026-03-01T14:00:00 0200', '2026-03-01T14:00:00  02:00', '02:00'])(
    '%s is still none',
    (text) => {
      expect(queryInstant.safeParse(text).success).toBe(false);
    },
  );

  it('is so in every parameter that takes one', () => {
    const schemas = [listQuery, liveListQuery, roomListQuery, viewersQuery];
    const isTime = (field: z.ZodType) => z.toJSONSchema(field, { io: 'input' }).format === 'date-time';
    const names = schemas.flatMap(({ shape }) =>
      Object.entries(shape).flatMap(([name, field]) => (isTime(field as z.ZodType) ? [name] : [])),
    );
    expect([...new Set(names)].sort()).toEqual(['from', 'started_after', 'started_before', 'to']);
    for (const schema of schemas) {
      for (const name of names.filter((one) => one in schema.shape)) {
        expect(schema.safeParse({ [name]: '2026-03-01T14:00:00 02:00' }).error).toBeUndefined();
      }
    }
  });

  it('is documented as the time that it is', () => {
    expect(z.toJSONSchema(queryInstant, { io: 'input' })).toEqual(z.toJSONSchema(instant, { io: 'input' }));
  });
});
