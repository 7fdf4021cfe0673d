const END = -1;

/** The slots that carry a key, as doubly linked lists in two arrays: eight bytes a slot. */
export class Chain {
  private readonly heads = new Map<string, number>();
  private next = new Int32Array(64).fill(END);
  private previous = new Int32Array(64).fill(END);

  add(key: string, slot: number): void {
    if (slot >= this.next.length) this.grow(slot);
    const head = this.heads.get(key) ?? END;
    this.next[slot] = head;
    this.previous[slot] = END;
    if (head !== END) this.previous[head] = slot;
    this.heads.set(key, slot);
  }

  /** The slot must carry the key. */
  remove(key: string, slot: number): void {
    const next = this.next[slot] ?? END;
    const previous = this.previous[slot] ?? END;
    if (next !== END) this.previous[next] = previous;
    if (previous !== END) this.next[previous] = next;
    else if (next !== END) this.heads.set(key, next);
    else this.heads.delete(key);
  }

  /** The slots at this moment; the chain may change while they are used. */
  of(key: string): number[] {
    const slots: number[] = [];
    for (let slot = this.heads.get(key) ?? END; slot !== END; slot = this.next[slot] ?? END) slots.push(slot);
    return slots;
  }

  clear(): void {
    this.heads.clear();
  }

  private grow(slot: number): void {
    const size = Math.max(slot + 1, this.next.length * 2);
    const next = new Int32Array(size).fill(END);
    const previous = new Int32Array(size).fill(END);
    next.set(this.next);
    previous.set(this.previous);
    this.next = next;
    this.previous = previous;
  }
}
