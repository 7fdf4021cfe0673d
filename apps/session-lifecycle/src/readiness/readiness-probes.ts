import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { TopicName } from '#libs/contracts';
import { whyNotReady } from '#libs/event-log';
import { Readiness } from '#libs/service-host';
import { SessionStore } from '#libs/session-store';
import { TopicConsumers } from '../ingest/topic-consumers';
import { PausedTopics } from '../ingest/paused-topics';
import { TopicNames } from '../kafka/topic-names';
import { Preparation } from '../preparation/preparation';
import { ProjectionKeeper } from '../projection/projection.keeper';

type ProbeFacts = Record<string, unknown>;

/** Whether events can be taken and shown now: asks the record, the projection, and each topic's consumer. */
@Injectable()
export class ReadinessProbes implements OnApplicationBootstrap {
  constructor(
    private readonly readiness: Readiness,
    private readonly preparation: Preparation,
    private readonly store: SessionStore,
    private readonly keeper: ProjectionKeeper,
    private readonly names: TopicNames,
    private readonly pausedTopics: PausedTopics,
    private readonly consumers: TopicConsumers,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add('postgres', () => this.postgres());
    this.readiness.add('redis', () => this.redis());
    for (const topic of this.consumers.statuses().keys()) {
      this.readiness.add(`kafka ${topic}`, () => this.kafka(topic));
    }
  }

  private async postgres(): Promise<ProbeFacts> {
    if (!this.preparation.isDone) throw this.preparation.whyNot;
    await this.store.pingForWrites();
    return {};
  }

  private async redis(): Promise<ProbeFacts> {
    const { lost, ...position } = await this.keeper.inspect();
    if (lost !== null) throw new Error(lost);
    return position;
  }

  private async kafka(topic: TopicName): Promise<ProbeFacts> {
    this.pausedTopics.pass(this.names.nameOf(topic));
    const status = this.consumers.statuses().get(topic);
    const reason = status ? whyNotReady(status, Date.now()) : 'not there';
    if (reason !== null) throw new Error(reason);
    return { ...status, standing: this.consumers.standing(topic) };
  }
}
