import type { SortOrder } from '#libs/contracts';
import type { SlotSet } from './slot-set';

/** A place in an order: a lesser key comes first, then the lesser id. null has the greatest key. */
export interface Place {
  key: number;
  id: string;
}

export function comesBefore(a: Place, b: Place): boolean {
  return a.key < b.key || (a.key === b.key && a.id < b.id);
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

  /**
   * The first `size` of the slots, in order. A bounded heap with the last of them on top: one comparison for each slot
   * that is not among them.
   */
  first(slots: SlotSet, size: number): number[] {
    const column = this.column();
    const heap: Entry[] = [];
    slots.forEach((slot) => {
      const key = this.key(column, slot);
      const top = heap[0];
      if (heap.length < size || !top) return siftUp(heap, { key, id: this.idAt(slot), slot });
      if (key > top.key) return;
      const entry = { key, id: this.idAt(slot), slot };
      if (comesBefore(entry, top)) siftDown(heap, entry);
    });
    return heap.sort((a, b) => (comesBefore(a, b) ? -1 : 1)).map(({ slot }) => slot);
  }

  private key(column: Float64Array, slot: number): number {
    const value = column[slot] ?? Number.NaN;
    return Number.isNaN(value) ? Infinity : this.sign * value;
  }
}

interface Entry extends Place {
  slot: number;
}

function siftUp(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !comesBefore(above, entry)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

/** Puts the entry in the place of the top. */
function siftDown(heap: Entry[], entry: Entry): void {
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (!left) break;
    if (right && comesBefore(left, right)) child += 1;
    const below = right && child % 2 === 0 ? right : left;
    if (!comesBefore(entry, below)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = entry;
}
