import type { ValidSources } from '#libs/session-store';

/** A source is written down again no earlier. */
const NOTE_EVERY_MS = 60_000;
/** Of a topic, at once; whoever makes up more names than that is not remembered with all of them. */
const MOST_SOURCES = 10_000;

/** Writes down whose events were valid, each source once a minute, so that every process knows it after a restart as well. */
export class NotedSources {
  private readonly noted: ReadonlyMap<string, Map<string, number>>;
  private readonly due: ReadonlyMap<string, Set<string>>;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    topics: readonly string[],
    private readonly stored: ValidSources,
  ) {
    this.noted = new Map(topics.map((topic) => [topic, new Map()]));
    this.due = new Map(topics.map((topic) => [topic, new Set()]));
  }

  /** An event of the source was taken. */
  valid(topic: string, source: string, now: number): void {
    const noted = this.noted.get(topic);
    const due = this.due.get(topic);
    if (!noted || !due || (noted.get(source) ?? -Infinity) > now - NOTE_EVERY_MS) return;
    if (due.size < MOST_SOURCES) due.add(source);
  }

  /** Writes down what is due, after what is being written. */
  flush(now: number): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.write(now));
    return this.flushing;
  }

  private async write(now: number): Promise<void> {
    for (const [topic, due] of this.due) {
      if (due.size === 0) continue;
      const sources = [...due];
      await this.stored.note(topic, sources);
      const noted = this.noted.get(topic);
      if (noted && noted.size + sources.length > MOST_SOURCES) noted.clear();
      for (const source of sources) {
        due.delete(source);
        noted?.set(source, now);
      }
    }
  }
}
