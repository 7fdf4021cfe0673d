/** More than so many unreadable records within this time, and more than this share of all, are a storm. */
export interface StormLimits {
  records: number;
  share: number;
  withinMs: number;
}

interface Taken {
  at: number;
  bad: number;
  records: number;
}

/** Tells a few unreadable records from a storm of them: a bad deploy must not drain a topic into quarantine. */
export class StormBreaker {
  private taken: Taken[] = [];

  constructor(private readonly limits: StormLimits) {}

  /** Why `bad` more of `records` would be a storm, or null. `now`: epoch ms. */
  storm(bad: number, records: number, now: number): string | null {
    const { records: most, share, withinMs } = this.limits;
    this.forget(now);
    const sum = this.taken.reduce((all, one) => ({ bad: all.bad + one.bad, records: all.records + one.records }), {
      bad,
      records,
    });
    if (sum.bad <= most || sum.bad <= sum.records * share) return null;
    return `${sum.bad} of ${sum.records} records within ${withinMs / 1000} s cannot be taken`;
  }

  /** They were taken, the bad ones into quarantine. */
  note(bad: number, records: number, now: number): void {
    this.forget(now);
    this.taken.push({ at: now, bad, records });
  }

  private forget(now: number): void {
    const old = this.taken.findIndex(({ at }) => at > now - this.limits.withinMs);
    this.taken.splice(0, old < 0 ? this.taken.length : old);
  }
}
