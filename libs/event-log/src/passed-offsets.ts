/** A stretch of a partition that holds no record for us: markers of transactions, what was compacted away. */
export interface Passed {
  partition: number;
  from: string;
  to: string;
}

/** What a consumer passed without having anything to hand over, so that whoever records progress sees no hole in it. */
export class PassedOffsets {
  private readonly places = new Map<number, { handed: string; at: string }>();

  clear(): void {
    this.places.clear();
  }

  /** Everything before `next` was handed over, or is not asked for. */
  handed(partition: number, next: string): void {
    this.places.set(partition, { handed: next, at: next });
  }

  /** The consumer is at `next`; what lies before held nothing. */
  passed(partition: number, next: string): void {
    const place = this.places.get(partition);
    if (place) place.at = next;
  }

  /** Where what is read from `fetched` joins on to what was handed over. */
  joins(partition: number, fetched: string): string {
    const place = this.places.get(partition);
    return place?.at === fetched ? place.handed : fetched;
  }

  all(): Passed[] {
    return [...this.places]
      .filter(([, { handed, at }]) => handed !== at)
      .map(([partition, { handed, at }]) => ({ partition, from: handed, to: at }));
  }
}
