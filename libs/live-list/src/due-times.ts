/**
 * When each of many things is due. A look costs the milliseconds since the last one and what is due, however many wait.
 * Times are epoch ms.
 */
export class DueTimes<T> {
  private readonly times = new Map<T, number>();
  private readonly byTime = new Map<number, Set<T>>();
  /** Nothing is due before it. */
  private lookedAt: number | undefined;

  get size(): number {
    return this.times.size;
  }

  /** It is due at this time, or when it already was, if that is earlier. */
  add(thing: T, at: number): void {
    const time = Math.max(Math.ceil(at), this.lookedAt ?? -Infinity);
    const before = this.times.get(thing);
    if (before !== undefined && before <= time) return;
    this.delete(thing);
    this.times.set(thing, time);
    const together = this.byTime.get(time);
    if (together) together.add(thing);
    else this.byTime.set(time, new Set([thing]));
  }

  delete(thing: T): void {
    const time = this.times.get(thing);
    if (time === undefined) return;
    this.times.delete(thing);
    const together = this.byTime.get(time);
    together?.delete(thing);
    if (together?.size === 0) this.byTime.delete(time);
  }

  /** Takes out what is due at this time. A clock that went back is followed. */
  take(now: number): T[] {
    const taken = this.timesUntil(Math.floor(now)).flatMap((time) => [...(this.byTime.get(time) ?? [])]);
    this.lookedAt = Math.floor(now);
    for (const thing of taken) this.delete(thing);
    return taken;
  }

  private timesUntil(now: number): number[] {
    const from = this.lookedAt ?? -Infinity;
    // After a long time there are fewer times to look at than milliseconds.
    if (now - from > this.byTime.size) return [...this.byTime.keys()].filter((time) => time <= now);
    return Array.from({ length: Math.max(0, now - from + 1) }, (_, after) => from + after);
  }
}
