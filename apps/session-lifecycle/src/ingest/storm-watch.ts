/** More than so many unreadable messages of a source within this time, and more than this share of all it sent, are a storm. */
export interface StormLimits {
  messages: number;
  share: number;
  withinMs: number;
}

/** What a source sent; '' stands for all that name none. */
export interface Sent {
  bad: number;
  messages: number;
}

export type SentBySource = ReadonlyMap<string, Sent>;

/** Sources that are remembered at once; what comes of more of them counts as if it named none. */
const MOST_SOURCES = 1000;

/** Tells a few unreadable messages of a source from a storm of them. */
export class StormWatch {
  private readonly sums = new Map<string, Sent>();
  private taken: { at: number; sent: SentBySource }[] = [];

  constructor(private readonly limits: StormLimits) {}

  /** The sources that storm if this comes on top of what was taken a short time ago. `now`: epoch ms. */
  storming(sent: SentBySource, now: number): string[] {
    this.forget(now);
    return [...this.remembered(sent)]
      .filter(([source, more]) => more.bad > 0 && this.isStorm(plus(this.sums.get(source), more)))
      .map(([source]) => source);
  }

  /** It was taken, the unreadable into quarantine. */
  note(sent: SentBySource, now: number): void {
    this.forget(now);
    const remembered = this.remembered(sent);
    for (const [source, more] of remembered) this.sums.set(source, plus(this.sums.get(source), more));
    this.taken.push({ at: now, sent: remembered });
  }

  private isStorm({ bad, messages }: Sent): boolean {
    return bad > this.limits.messages && bad > messages * this.limits.share;
  }

  private remembered(sent: SentBySource): Map<string, Sent> {
    const remembered = new Map<string, Sent>();
    let room = MOST_SOURCES - this.sums.size;
    for (const [source, one] of sent) {
      const isNew = !this.sums.has(source) && source !== '';
      const name = isNew && room <= 0 ? '' : source;
      if (isNew && room > 0) room -= 1;
      remembered.set(name, plus(remembered.get(name), one));
    }
    return remembered;
  }

  private forget(now: number): void {
    const since = now - this.limits.withinMs;
    const kept = this.taken.findIndex(({ at }) => at > since);
    for (const { sent } of this.taken.splice(0, kept < 0 ? this.taken.length : kept)) {
      for (const [source, { bad, messages }] of sent) {
        const left = plus(this.sums.get(source), { bad: -bad, messages: -messages });
        if (left.messages > 0) this.sums.set(source, left);
        else this.sums.delete(source);
      }
    }
  }
}

function plus(one: Sent | undefined, other: Sent): Sent {
  return one ? { bad: one.bad + other.bad, messages: one.messages + other.messages } : other;
}
