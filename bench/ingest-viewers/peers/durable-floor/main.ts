import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { tellProgress } from '../../../ingest/peers/tell-progress';

interface ViewersCounted {
  subject: string;
  data: { viewer_count: number };
}

/** The least that keeps the last count of each session: parse, fold a batch, and write it by one statement. */
async function main({ KAFKA_BROKERS = '', TOPIC = '', GROUP = '', DATABASE_URL = '' }: NodeJS.ProcessEnv) {
  let applied = 0;
  const database = new Client({ connectionString: DATABASE_URL });
  await database.connect();
  await database.query(
    'CREATE TABLE floor (session uuid PRIMARY KEY, viewer_count integer NOT NULL) WITH (fillfactor = 50)',
  );
  tellProgress(() => applied);
  const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'floor', logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: GROUP });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const last = new Map<string, number>();
      for (const { value } of batch.messages) {
        const { subject, data } = JSON.parse(value?.toString() ?? '{}') as ViewersCounted;
        last.set(subject, data.viewer_count);
      }
      await database.query(
        `INSERT INTO floor (session, viewer_count) SELECT * FROM unnest($1::uuid[], $2::integer[])
         ON CONFLICT (session) DO UPDATE SET viewer_count = excluded.viewer_count`,
        [[...last.keys()], [...last.values()]],
      );
      applied += batch.messages.length;
    },
  });
}

void main(process.env);
