import type { TopicPause, TopicPauses } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import { StormBreaker, type StormLimits } from './storm-breaker';

const REFRESH_EVERY_MS = 1000;

/** A topic stands still until a person resumes it. */
export class TopicPaused extends Error {
  constructor(
    readonly topic: string,
    why: string,
  ) {
    super(`paused: ${why}`);
    this.name = 'TopicPaused';
  }
}

export interface Taken {
  bad: number;
  records: number;
}

/** Inside a transaction: throws when so much must not be put into quarantine. */
export type Admit = (taken: Taken) => void;

/** Lets topics' records in, or holds a topic back for all processes when only quarantine would have its records. */
export class TopicGates {
  private readonly breakers = new Map<string, StormBreaker>();
  private pauses = new Map<string, TopicPause>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly topics: readonly string[],
    private readonly stored: TopicPauses,
    limits: StormLimits,
    private readonly log: PinoLogger,
  ) {
    for (const topic of topics) this.breakers.set(topic, new StormBreaker(limits));
  }

  /** Knows of the pauses before anything is let in. */
  async start(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refresh().catch(() => undefined), REFRESH_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Throws TopicPaused while the topic stands still; rejects when that cannot be known. */
  async probe(topic: string): Promise<void> {
    await this.refresh();
    this.pass(topic);
  }

  /** Throws TopicPaused while the topic stands still. */
  pass(topic: string): void {
    const pause = this.pauses.get(topic);
    if (pause && pause.resumedUntil === null) throw new TopicPaused(topic, pause.why);
  }

  /** Does work on a topic's records; a storm of unreadable ones ends it, and pauses the topic. */
  async through(topic: string, work: (admit: Admit) => Promise<void>): Promise<void> {
    this.pass(topic);
    try {
      await work((taken) => this.admit(topic, taken));
    } catch (error) {
      if (error instanceof TopicPaused) await this.pause(error);
      throw error;
    }
  }

  took(topic: string, { bad, records }: Taken): void {
    this.breakers.get(topic)?.note(bad, records, Date.now());
  }

  private admit(topic: string, { bad, records }: Taken): void {
    const now = Date.now();
    if (bad === 0 || (this.pauses.get(topic)?.resumedUntil ?? 0) > now) return;
    const why = this.breakers.get(topic)?.storm(bad, records, now);
    if (why != null) throw new TopicPaused(topic, why);
  }

  private async pause({ topic, message }: TopicPaused): Promise<void> {
    await this.stored.pause(topic, message.replace(/^paused: /, ''));
    this.log.error({ topic, reason: message }, 'the topic stands still until it is resumed');
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    this.pauses = new Map((await this.stored.all(this.topics)).map((pause) => [pause.topic, pause]));
  }
}
