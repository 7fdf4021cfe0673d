interface Place {
  offset: string;
  /** Epoch ms. */
  since: number;
}

/** Which partitions have stood still for a while although nothing held their consumer back. */
export class Standstill {
  private readonly places = new Map<number, Place>();

  constructor(private readonly afterMs: number) {}

  clear(): void {
    this.places.clear();
  }

  moved(partition: number, offset: string, now: number): void {
    this.places.set(partition, { offset, since: now });
  }

  /** Something else held it back until now. */
  excuse(now: number): void {
    for (const place of this.places.values()) place.since = now;
  }

  /** The partitions to ask after, with where they stand. */
  suspects(now: number): Map<number, string> {
    const still = [...this.places].filter(([, { since }]) => now - since >= this.afterMs);
    return new Map(still.map(([partition, { offset }]) => [partition, offset]));
  }
}
