import { Injectable } from '@nestjs/common';
import type { LifecycleFacts } from '#libs/contracts';
import { FactsTeller, Metrics, Rates, metricSum, metricValues } from '#libs/service-host';
import { TopicPauses } from '#libs/session-store';
import { Auditor } from '../audit/auditor';
import { TopicConsumers } from '../ingest/topic-consumers';
import { TopicNames } from '../kafka/topic-names';
import { Preparation } from '../preparation/preparation';
import { ProjectedTimes } from './projected-times';

/** What this process knows of the ingest and of the projection. */
@Injectable()
export class LifecycleFactsTeller {
  private readonly rates = new Rates();
  private readonly times: ProjectedTimes;

  constructor(
    private readonly names: TopicNames,
    private readonly consumers: TopicConsumers,
    private readonly pauses: TopicPauses,
    private readonly auditor: Auditor,
    private readonly preparation: Preparation,
    private readonly metrics: Metrics,
    teller: FactsTeller,
  ) {
    this.times = new ProjectedTimes(metrics.registry);
    teller.says(async () => ({ lifecycle: await this.facts() }));
  }

  private async facts(): Promise<LifecycleFacts> {
    const now = performance.now();
    const sum = (name: string) => this.known(name);
    const watermarkAge = await this.lastOf('marquee_watermark_age_seconds');
    const freshAge = await this.lastOf('marquee_fresh_seconds');
    return {
      topics: await this.topics(now),
      partitions: this.partitions(),
      is_watchdog: (await sum('marquee_watchdog_holder')) === 1,
      watermark_age_ms: watermarkAge,
      is_maintenance: (await sum('marquee_maintenance_holder')) === 1,
      outbox: { rows: await sum('marquee_outbox_rows'), oldest_ms: ms(await sum('marquee_outbox_oldest_seconds')) },
      fan_out: {
        entities: await sum('marquee_fan_out_entities'),
        oldest_ms: ms(await sum('marquee_fan_out_age_seconds')),
      },
      projection: {
        epoch: await sum('marquee_projection_epoch'),
        seq: await sum('marquee_projection_seq'),
        sessions: await sum('marquee_projection_sessions'),
        is_stale: (await sum('marquee_projection_stale')) === 1,
        rebuilds: await sum('marquee_projection_rebuilds_total'),
        repairs: await sum('marquee_projection_repairs_total'),
      },
      fresh_age_ms: freshAge,
      door: {
        events_per_second: this.rates.of('door', await sum('marquee_door_events_total'), now),
        queued_events: await sum('marquee_door_queued_events'),
      },
    };
  }

  private async topics(now: number): Promise<LifecycleFacts['topics']> {
    const paused = await this.pausedTopics();
    const projected = await this.times.look(now);
    const taken = await metricValues(this.metrics.registry, 'marquee_ingested_records_total');
    const rate = (topic: string, outcome: string) => {
      const found = taken.find(({ labels }) => labels['topic'] === topic && labels['outcome'] === outcome);
      return this.rates.of(`${topic} ${outcome}`, found?.value ?? 0, now);
    };
    return [...this.consumers.statuses()].map(([topic, status]) => {
      const quarantined = rate(topic, 'quarantined');
      return {
        topic: this.names.nameOf(topic),
        consumer: status.state,
        parked_since: status.parkedSince === null ? null : new Date(status.parkedSince).toISOString(),
        park_reason: status.parkReason,
        paused: paused.get(this.names.nameOf(topic)) ?? null,
        partitions: status.partitions.length,
        records_per_second: rate(topic, 'recorded') + quarantined,
        quarantined_per_second: quarantined,
        projected_p99_ms: projected.get(topic) ?? null,
      };
    });
  }

  private partitions(): LifecycleFacts['partitions'] {
    const own = new Set(
      [...this.consumers.statuses()].flatMap(([topic, { partitions }]) =>
        partitions.map((partition) => `${this.names.nameOf(topic)}/${partition}`),
      ),
    );
    return this.auditor.lastSeen.map(({ topic, partition, nextOffset, high, lag }) => ({
      topic,
      partition,
      next_offset: nextOffset,
      high,
      lag,
      is_own: own.has(`${topic}/${partition}`),
    }));
  }

  /** None while Postgres is not there: readiness says that. */
  private async pausedTopics(): Promise<Map<string, string>> {
    if (!this.preparation.isDone) return new Map();
    const pauses = await this.pauses.all(this.names.all()).catch(() => []);
    return new Map(pauses.flatMap(({ topic, why, resumedUntil }) => (resumedUntil === null ? [[topic, why]] : [])));
  }

  private async known(name: string): Promise<number> {
    const value = await metricSum(this.metrics.registry, name);
    return Number.isFinite(value) ? value : 0;
  }

  /** Seconds of a gauge as ms; null: it has no value, or an infinite one. */
  private async lastOf(name: string): Promise<number | null> {
    const [found] = await metricValues(this.metrics.registry, name);
    return found && Number.isFinite(found.value) ? ms(found.value) : null;
  }
}

function ms(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1000));
}
