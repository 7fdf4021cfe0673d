/** A set of slots as bits: an eighth of a byte a slot, whatever it holds. */
export class SlotSet {
  private words = new Uint32Array(4);
  size = 0;

  has(slot: number): boolean {
    return ((this.words[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0;
  }

  /** Puts the slot in or out; whether that changed the set. */
  set(slot: number, present: boolean): boolean {
    if (this.has(slot) === present) return false;
    const index = slot >>> 5;
    if (index >= this.words.length) this.grow(index);
    this.words[index] = (this.words[index] ?? 0) ^ (1 << (slot & 31));
    this.size += present ? 1 : -1;
    return true;
  }

  clear(): void {
    this.words.fill(0);
    this.size = 0;
  }

  /** Calls `visit` with every slot in it, in ascending order. */
  forEach(visit: (slot: number) => void): void {
    const { words } = this;
    for (let index = 0; index < words.length; index += 1) {
      let word = words[index] ?? 0;
      while (word !== 0) {
        const bit = 31 - Math.clz32(word & -word);
        visit((index << 5) | bit);
        word &= word - 1;
      }
    }
  }

  private grow(index: number): void {
    const words = new Uint32Array(Math.max(index + 1, this.words.length * 2));
    words.set(this.words);
    this.words = words;
  }
}
