import { Inject, Injectable } from '@nestjs/common';
import { type Periodic, every } from '#libs/service-host';
import { type TopicPause, TopicPauses, ValidSources } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { TopicNames } from '../kafka/topic-names';
import { IngestMetrics } from './ingest-metrics';
import { type SentBySource, type StormLimits, StormWatch } from './storm-watch';
import { NotedSources } from './noted-sources';

const REFRESH_EVERY_MS = 1000;
const STORM = { share: 0.05, withinMs: 10_000 };
/** One producer cannot stop another: two must storm before it can be our bug. */
const LEAST_STORMING = 2;

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

/**
 * Lets topics' records in, whoever sends unreadable ones beside them. Only if most sources that had valid events in the
 * last hour storm at once it is our own bug: then the topic is held back for all processes.
 */
@Injectable()
export class PausedTopics {
  private readonly watches: ReadonlyMap<string, StormWatch>;
  private readonly noted: NotedSources;
  private readonly limits: StormLimits;
  private paused = new Map<string, TopicPause>();
  /** Topic and source of those that storm, and when they did last: a storm is told once. */
  private readonly told = new Map<string, number>();
  private periodic: Periodic | undefined;

  constructor(
    @Inject(LIFECYCLE_CONFIG) config: Pick<LifecycleConfig, 'QUARANTINE_STORM_RECORDS'>,
    private readonly names: TopicNames,
    private readonly pauses: TopicPauses,
    private readonly validSources: ValidSources,
    private readonly metrics: IngestMetrics,
    private readonly log: PinoLogger,
  ) {
    this.limits = { ...STORM, messages: config.QUARANTINE_STORM_RECORDS };
    const topics = names.all();
    this.watches = new Map(topics.map((topic) => [topic, new StormWatch(this.limits)]));
    this.noted = new NotedSources(topics, validSources);
  }

  /** Knows of the pauses before anything is let in. */
  async start(): Promise<void> {
    await this.refresh();
    this.periodic = every(REFRESH_EVERY_MS, 'reading the pauses of topics', this.log, async () => {
      await this.refresh();
      await this.noted.flush(Date.now());
    });
  }

  async stop(): Promise<void> {
    await this.periodic?.stop();
  }

  /** Throws TopicPaused while the topic stands still; rejects when that cannot be known. */
  async probe(topic: string): Promise<void> {
    await this.refresh();
    this.pass(topic);
  }

  /** Throws TopicPaused while the topic stands still. */
  pass(topic: string): void {
    const pause = this.paused.get(topic);
    if (pause && pause.resumedUntil === null) throw new TopicPaused(topic, pause.why);
  }

  /**
   * Judges what was read of a topic before it is recorded. Rejects with TopicPaused where it shows that we cannot read
   * what we could read a short time ago; the topic stands still from then on.
   */
  async judge(topic: string, sent: SentBySource): Promise<void> {
    this.pass(topic);
    const now = Date.now();
    const storming = this.watches.get(topic)?.storming(sent, now) ?? [];
    for (const source of storming) this.tell(topic, source, now);
    const named = storming.filter((source) => source !== '');
    if (named.length < LEAST_STORMING || (this.paused.get(topic)?.resumedUntil ?? 0) > now) return;
    await this.noted.flush(now);
    const { validSources, limits } = this;
    const share = await validSources.share(topic, named);
    if (share.named < LEAST_STORMING || share.named * 2 <= share.valid) return;
    const within = `within ${limits.withinMs / 1000} s`;
    const why = `${share.named} of ${share.valid} sources that were valid in the last hour send what cannot be taken ${within}`;
    await this.pause(new TopicPaused(topic, why));
  }

  /** It was recorded. */
  took(topic: string, sent: SentBySource): void {
    const now = Date.now();
    this.watches.get(topic)?.note(sent, now);
    for (const [source, { bad, messages }] of sent) if (messages > bad) this.noted.valid(topic, source, now);
  }

  private async pause(paused: TopicPaused): Promise<never> {
    const { topic, message } = paused;
    await this.pauses.pause(topic, message.replace(/^paused: /, ''));
    this.log.error({ topic, reason: message }, 'the topic stands still until it is resumed');
    await this.refresh();
    throw paused;
  }

  private tell(topic: string, source: string, now: number): void {
    const { limits, metrics, log } = this;
    const name = JSON.stringify([topic, source]);
    const last = this.told.get(name);
    this.told.delete(name);
    this.told.set(name, now);
    for (const [other, at] of this.told) {
      if (at > now - limits.withinMs) break;
      this.told.delete(other);
    }
    if (last !== undefined && last > now - limits.withinMs) return;
    metrics.stormed(topic);
    log.warn({ topic, source }, 'a source sends many messages that cannot be read; its valid ones are taken');
  }

  private async refresh(): Promise<void> {
    this.paused = new Map((await this.pauses.all(this.names.all())).map((pause) => [pause.topic, pause]));
  }
}
