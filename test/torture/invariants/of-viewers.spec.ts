import type { Told, Truth } from '../oracle/truth';
import type { ViewerHistoryRows, ViewerRow, ViewerTable } from '../oracle/viewer-rows';
import { viewersAgainst } from './of-viewers';

const ID = '00000000-0000-4000-8000-000000000001';
const NOON = Date.parse('2026-11-28T12:00:00Z');
const MINUTE_MS = 60_000;
const KEPT = { tensMs: 2 * MINUTE_MS, minutesMs: 5 * MINUTE_MS };
/** It is 12:30; there are steps of ten seconds from 12:20 on, of a minute from 12:10 on. */
const GRAINS = { now: NOON + 30 * MINUTE_MS, tensFrom: NOON + 20 * MINUTE_MS, minutesFrom: NOON + 10 * MINUTE_MS };

function count(second: number, viewers: number, offset = 0): Told {
  const at = (NOON + second * 1000) * 1000;
  const record = { topic: 'viewers', partition: 0, offset: BigInt(offset), timestamp: at / 1000 };
  const event = { id: `c${second}`, source: '/s', type: 'viewers.counted.v1', subject: ID, at, sequence: 0n };
  return { ...event, record, data: { viewer_count: viewers } } as unknown as Told;
}

const row = (table: ViewerTable, second: number, [min, max, last]: [number, number, number]): ViewerRow => ({
  table,
  id: ID,
  start: NOON + second * 1000,
  min,
  max,
  last,
});

/** In each of the three ranges two counts, of ten seconds, of a minute, of the hour; one of them comes twice. */
const TOLD = [count(61, 5), count(540, 3), count(601, 8), count(659, 1), count(1201, 4), count(1209, 9)];
const truth = { told: [...TOLD, count(659, 1, 7)] } as unknown as Truth;
const ROWS = [
  row('viewer_hours', 0, [3, 5, 3]),
  row('viewer_minutes', 600, [1, 8, 1]),
  row('viewer_buckets', 1200, [4, 9, 9]),
];
const against = (rows: ViewerRow[], change: Partial<ViewerHistoryRows> = {}) =>
  viewersAgainst(truth, { ...GRAINS, leaving: 0, rows, ...change }, KEPT);

describe('viewer history', () => {
  it('has each count in the step that its time belongs to, of the grain that is left', () => {
    expect(against(ROWS)).toEqual([]);
    const anew = [row('viewer_buckets', 60, [5, 5, 5]), row('viewer_buckets', 540, [3, 3, 3])];
    const untouched = { told: [count(61, 5), count(540, 3)] } as unknown as Truth;
    const young = { ...GRAINS, tensFrom: -Infinity, minutesFrom: -Infinity, leaving: 0, rows: anew };
    expect(viewersAgainst(untouched, young, KEPT)).toEqual([]);
  });

  it.each(['viewer_hours', 'viewer_minutes', 'viewer_buckets'])('is wrong where a row of %s is missing', (table) => {
    expect(against(ROWS.filter((one) => one.table !== table))).toEqual([expect.stringContaining('found nothing')]);
  });

  it.each(ROWS)('is wrong where a row of $table is not what its counts make', (one) => {
    const others = ROWS.filter((other) => other !== one);
    for (const change of [{ min: one.min - 1 }, { max: one.max * 2 }, { last: one.last + 1 }]) {
      expect(against([...others, { ...one, ...change }])).toEqual([expect.stringContaining(`in ${one.table}`)]);
    }
  });

  it('is wrong where a count is in two grains: it was rolled up, and is still in a finer one', () => {
    expect(against([...ROWS, row('viewer_buckets', 600, [8, 8, 8])])).toEqual([expect.stringContaining('of no count')]);
    expect(against([...ROWS, row('viewer_minutes', 540, [3, 3, 3])])).toEqual([expect.stringContaining('of no count')]);
    expect(against([...ROWS, row('viewer_minutes', 1200, [4, 9, 9])])).toEqual([
      expect.stringContaining('of no count'),
    ]);
  });

  it('is wrong where it is coarser than the policy says, or does not come to rest', () => {
    const now = GRAINS.tensFrom + KEPT.tensMs - 1;
    expect(against(ROWS, { now })).toEqual([expect.stringContaining('rows of ten seconds begin')]);
    expect(against(ROWS, { leaving: 1 })).toEqual(['1 partitions that leave did not come to rest']);
  });
});
