import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '#libs/service-host';
import { DataSource } from 'typeorm';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { COUNTS_SOURCE } from '../record/counts.store';
import { prepareStack } from './prepare-stack';
import { TopicCheck } from './topic-check';

/** Whether the service has what it stands on: the schema, the topics, and connections to the record. */
@Injectable()
export class Preparation {
  private done = false;
  private missing: unknown;

  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    private readonly source: DataSource,
    @Inject(COUNTS_SOURCE) private readonly countsSource: DataSource,
    private readonly topics: TopicCheck,
  ) {}

  get isDone(): boolean {
    return this.done;
  }

  /** Why it is not done, as the latest try found out. */
  get whyNot(): unknown {
    return this.missing ?? new Error('not prepared yet');
  }

  /** Rejects while something of it is missing; it can be run again and again. */
  async run(): Promise<void> {
    try {
      await prepareStack(this.config);
      await this.topics.run();
      for (const source of [this.source, this.countsSource]) if (!source.isInitialized) await source.initialize();
    } catch (error) {
      this.missing = error;
      throw error;
    }
    this.done = true;
  }

  /** Throws a Refusal until it is done. */
  demand(): void {
    if (!this.done) {
      throw new Refusal(503, 'unavailable', 'the service is not prepared yet; ask again in a moment');
    }
  }
}
