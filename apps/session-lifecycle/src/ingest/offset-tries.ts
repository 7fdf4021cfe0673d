/** A place in the log that is not passed although it was tried. */
export interface TriedOffset {
  topic: string;
  partition: number;
  offset: string;
  /** How often it was tried in vain. */
  tries: number;
  /** Of the first of them, epoch ms. */
  since: number;
}

/** From so many tries on somebody has to look. */
export const ALARMING_TRIES = 5;

/** How often the next offset of each partition was tried in vain: one that is tried for ever must not go unseen. */
export class OffsetTries {
  private readonly tried = new Map<string, TriedOffset>();

  /** Another try in vain. `now`: epoch ms. */
  inVain(topic: string, partition: number, offset: string, now: number): TriedOffset {
    const place = `${topic}/${partition}`;
    const before = this.tried.get(place);
    const isSame = before?.offset === offset;
    const tried = {
      topic,
      partition,
      offset,
      tries: isSame ? before.tries + 1 : 1,
      since: isSame ? before.since : now,
    };
    this.tried.set(place, tried);
    return tried;
  }

  /** The partition goes on. Gives what stood before, if it was alarming. */
  passed(topic: string, partition: number): TriedOffset | undefined {
    const place = `${topic}/${partition}`;
    const before = this.tried.get(place);
    this.tried.delete(place);
    return before && before.tries >= ALARMING_TRIES ? before : undefined;
  }

  /** Those of a topic that somebody has to look at. */
  alarming(topic: string): TriedOffset[] {
    return [...this.tried.values()].filter((one) => one.topic === topic && one.tries >= ALARMING_TRIES);
  }

  /** The most tries that an offset of a topic has had in vain until now. */
  most(topic: string): number {
    return Math.max(0, ...[...this.tried.values()].filter((one) => one.topic === topic).map(({ tries }) => tries));
  }
}
