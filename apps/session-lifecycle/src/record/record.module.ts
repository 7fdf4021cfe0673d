import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Module, type Provider } from '@nestjs/common';
import {
  IngestProgress,
  Outbox,
  ProjectionEpochs,
  Quarantine,
  QuarantineRanges,
  SessionStore,
  TopicPauses,
  ValidSources,
  WatchPost,
  createDataSource,
} from '#libs/session-store';
import { DataSource } from 'typeorm';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';

/** A slice takes milliseconds: a database that does not answer for so long is away. */
const ANSWER_MS = 10_000;

const STORES: Provider[] = [
  {
    provide: SessionStore,
    useFactory: (source: DataSource, config: LifecycleConfig) =>
      new SessionStore(source, { rows: config.QUARANTINE_ROWS, rowsPerSource: config.QUARANTINE_ROWS_PER_SOURCE }),
    inject: [DataSource, LIFECYCLE_CONFIG],
  },
  {
    provide: WatchPost,
    // One process may have several services, as tests do: each of them is a holder of its own.
    useFactory: (source: DataSource) => new WatchPost(source, `${hostname()} ${process.pid} ${randomUUID()}`),
    inject: [DataSource],
  },
  ...[IngestProgress, Outbox, ProjectionEpochs, Quarantine, QuarantineRanges, TopicPauses, ValidSources].map(onSource),
];

/** The record in Postgres: one pool of connections, and what is stored with it. `Preparation` connects it. */
@Module({
  providers: [
    {
      provide: DataSource,
      useFactory: ({ DATABASE_URL: url }: LifecycleConfig) =>
        createDataSource({ url, name: 'session-lifecycle', answerWithinMs: ANSWER_MS }),
      inject: [LIFECYCLE_CONFIG],
    },
    ...STORES,
  ],
  exports: [
    DataSource,
    SessionStore,
    WatchPost,
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

function onSource(store: new (source: DataSource) => object): Provider {
  return { provide: store, useFactory: (source: DataSource) => new store(source), inject: [DataSource] };
}
