import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Module, type Provider } from '@nestjs/common';
import {
  Acts,
  IngestProgress,
  Outbox,
  ProjectionEpochs,
  Quarantine,
  type QuarantineBudget,
  QuarantineRanges,
  SessionStore,
  TopicPauses,
  ValidSources,
  WatchPost,
  createDataSource,
} from '#libs/session-store';
import { DataSource } from 'typeorm';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { COUNTS_SOURCE, CountsStore } from './counts.store';

/** A slice takes milliseconds: a database that does not answer for so long is away. */
const ANSWER_MS = 10_000;
/** Connections to Postgres: together no more than 12 (the bench `backlog`). */
const POOL = { counts: 3, allElse: 8 };

const STORES: Provider[] = [
  {
    provide: SessionStore,
    useFactory: (source: DataSource, config: LifecycleConfig) => new SessionStore(source, budgetOf(config)),
    inject: [DataSource, LIFECYCLE_CONFIG],
  },
  {
    provide: CountsStore,
    useFactory: (source: DataSource, config: LifecycleConfig) => new CountsStore(source, budgetOf(config)),
    inject: [COUNTS_SOURCE, LIFECYCLE_CONFIG],
  },
  {
    provide: WatchPost,
    // One process may have several services, as tests do: each of them is a holder of its own.
    useFactory: (source: DataSource) => new WatchPost(source, `${hostname()} ${process.pid} ${randomUUID()}`),
    inject: [DataSource],
  },
  ...[Acts, IngestProgress, Outbox, ProjectionEpochs, Quarantine, QuarantineRanges, TopicPauses, ValidSources].map(
    onSource,
  ),
];

/** The record in Postgres: its connections, and what is stored with them. `Preparation` connects it. */
@Module({
  providers: [
    {
      provide: DataSource,
      useFactory: ({ DATABASE_URL: url }: LifecycleConfig) =>
        createDataSource({ url, name: 'session-lifecycle', answerWithinMs: ANSWER_MS, poolSize: POOL.allElse }),
      inject: [LIFECYCLE_CONFIG],
    },
    {
      provide: COUNTS_SOURCE,
      useFactory: ({ DATABASE_URL: url }: LifecycleConfig) =>
        createDataSource({ url, name: 'session-lifecycle counts', answerWithinMs: ANSWER_MS, poolSize: POOL.counts }),
      inject: [LIFECYCLE_CONFIG],
    },
    ...STORES,
  ],
  exports: [
    DataSource,
    COUNTS_SOURCE,
    SessionStore,
    CountsStore,
    WatchPost,
    Acts,
    IngestProgress,
    Outbox,
    ProjectionEpochs,
    Quarantine,
    QuarantineRanges,
    TopicPauses,
    ValidSources,
  ],
})
export class RecordModule {}

function budgetOf(config: LifecycleConfig): QuarantineBudget {
  return { rows: config.QUARANTINE_ROWS, rowsPerSource: config.QUARANTINE_ROWS_PER_SOURCE };
}

function onSource(store: new (source: DataSource) => object): Provider {
  return { provide: store, useFactory: (source: DataSource) => new store(source), inject: [DataSource] };
}
