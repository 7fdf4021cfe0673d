import { DataSource } from 'typeorm';
import { HangingUpClient } from './hanging-up.client';
import { First1764000000000 } from './migrations/1764000000000-first';
import { Lists1764100000000 } from './migrations/1764100000000-lists';
import { ApiKeys1764400000000 } from './migrations/1764400000000-api-keys';
import { ProjectionOwed1764450000000 } from './migrations/1764450000000-projection-owed';
import { IngestWatched1764600000000 } from './migrations/1764600000000-ingest-watched';
import { EventBrokerTime1764700000000 } from './migrations/1764700000000-event-broker-time';
import { OddSequences1764710000000 } from './migrations/1764710000000-odd-sequences';
import { FanOut1764720000000 } from './migrations/1764720000000-fan-out';
import { QuarantineIsTotal1764730000000 } from './migrations/1764730000000-quarantine-is-total';
import { RecordTables1764800000000 } from './migrations/1764800000000-record-tables';
import { Outbox1764810000000 } from './migrations/1764810000000-outbox';
import { Texts1764820000000 } from './migrations/1764820000000-texts';
import { BucketsByDay1764830000000 } from './migrations/1764830000000-buckets-by-day';
import { WhatLeaves1764920000000 } from './migrations/1764920000000-what-leaves';
import { RowsThatLeave1764930000000 } from './migrations/1764930000000-rows-that-leave';
import { DistrustedProjection1764940000000 } from './migrations/1764940000000-distrusted-projection';
import { OldestFirst1764946000000 } from './migrations/1764946000000-oldest-first';
import { ActsAndPlaces1764970000000 } from './migrations/1764970000000-acts-and-places';

export interface StoreOptions {
  url: string;
  /** For `pg_stat_activity`. */
  name: string;
  poolSize?: number;
  /** How long a statement may take before its connection is given up. */
  answerWithinMs?: number;
  /** For questions of callers: the planner never reads a table from one end to the other where an index will do. */
  byIndexOnly?: boolean;
}

/** A pool of connections to the record, not yet connected. */
export function createDataSource(options: StoreOptions): DataSource {
  const { url, name, poolSize = 8, answerWithinMs = 35_000, byIndexOnly = false } = options;
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    poolSize,
    connectTimeoutMS: 3000,
    migrations: [
      First1764000000000,
      Lists1764100000000,
      ApiKeys1764400000000,
      ProjectionOwed1764450000000,
      IngestWatched1764600000000,
      EventBrokerTime1764700000000,
      OddSequences1764710000000,
      FanOut1764720000000,
      QuarantineIsTotal1764730000000,
      RecordTables1764800000000,
      Outbox1764810000000,
      Texts1764820000000,
      BucketsByDay1764830000000,
      WhatLeaves1764920000000,
      RowsThatLeave1764930000000,
      DistrustedProjection1764940000000,
      OldestFirst1764946000000,
      ActsAndPlaces1764970000000,
    ],
    // The server gives up a moment earlier: then the connection is still good.
    extra: {
      Client: HangingUpClient,
      statement_timeout: answerWithinMs - 1000,
      // Who waits for somebody else's lock is told so, before it looks as if its own statement was too much.
      lock_timeout: Math.floor((answerWithinMs - 1000) / 2),
      query_timeout: answerWithinMs,
      // Who is stopped within a transaction does not keep its locks from the others for longer.
      idle_in_transaction_session_timeout: answerWithinMs,
      keepAlive: true,
      ...(byIndexOnly && { options: '-c enable_seqscan=off -c jit=off -c max_parallel_workers_per_gather=0' }),
    },
    poolErrorHandler: () => {},
    logging: false,
  });
}
