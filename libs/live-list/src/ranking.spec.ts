import fc from 'fast-check';
import { Ranking } from './ranking';
import { SlotSet } from './slot-set';

describe('the first of a sorted list', () => {
  it('are those of a full sort: by the column, null last, then by id', () => {
    const value = fc.option(fc.integer({ min: -2, max: 2 }), { nil: Number.NaN });
    fc.assert(
      fc.property(
        fc.array(value),
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 1, max: 12 }),
        (values, order, size) => {
          const idAt = (slot: number) => String((slot * 7919) % 1009);
          const slots = new SlotSet();
          values.forEach((_, slot) => slots.set(slot, slot % 5 !== 0));
          const sign = order === 'desc' ? -1 : 1;
          const key = (slot: number) => (Number.isNaN(values[slot]) ? Infinity : sign * (values[slot] ?? 0));
          const sorted = values
            .map((_, slot) => slot)
            .filter((slot) => slot % 5 !== 0)
            .sort((a, b) => (key(a) === key(b) ? (idAt(a) < idAt(b) ? -1 : 1) : key(a) - key(b)));
          const ranking = new Ranking(order, () => Float64Array.from(values), idAt);
          expect(ranking.first(slots, size)).toEqual(sorted.slice(0, size));
        },
      ),
    );
  });
});
