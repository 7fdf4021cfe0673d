import type { SortOrder } from '#libs/contracts';
import { FirstInOrder } from './first-in-order';
import type { SlotSet } from './slot-set';

/** A place in an order: a lesser key comes first, then the lesser id. null has the greatest key. */
export interface Place {
  key: number;
  id: string;
}

/** The order of a list: by a column (NaN: null, last), then by id. */
export class Ranking {
  private readonly sign: 1 | -1;

  constructor(
    order: SortOrder,
    private readonly column: () => Float64Array,
    private readonly idAt: (slot: number) => string,
  ) {
    this.sign = order === 'desc' ? -1 : 1;
  }

  place(slot: number): Place {
    return { key: this.key(this.column(), slot), id: this.idAt(slot) };
  }

  isBefore(slot: number, place: Place): boolean {
    const key = this.key(this.column(), slot);
    return key < place.key || (key === place.key && this.idAt(slot) < place.id);
  }

  /** The first `size` of the slots, in order. */
  first(slots: SlotSet, size: number): number[] {
    const column = this.column();
    const first = new FirstInOrder<Entry>(size, compare);
    slots.forEach((slot) => {
      const key = this.key(column, slot);
      const { bound } = first;
      // Most are behind it, and need no entry.
      if (!bound || key <= bound.key) first.add({ key, id: this.idAt(slot), slot });
    });
    return first.all().map(({ slot }) => slot);
  }

  private key(column: Float64Array, slot: number): number {
    const value = column[slot] ?? Number.NaN;
    return Number.isNaN(value) ? Infinity : this.sign * value;
  }
}

interface Entry extends Place {
  slot: number;
}

function compare(a: Place, b: Place): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
