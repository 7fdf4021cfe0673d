import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { tellProgress } from '../../../ingest/peers/tell-progress';

/** The least that keeps each event once: parse it, and copy what is unique of it into one table, a batch at a time. */
async function main({ KAFKA_BROKERS = '', TOPIC = '', GROUP = '', DATABASE_URL = '' }: NodeJS.ProcessEnv) {
  let applied = 0;
  const database = new Client({ connectionString: DATABASE_URL });
  await database.connect();
  await database.query('CREATE TABLE floor (identity uuid PRIMARY KEY)');
  tellProgress(() => applied);
  const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'floor', logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: GROUP });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const identities = batch.messages.map(({ value }) => {
        const { source, id } = JSON.parse(value?.toString() ?? '{}') as { source: string; id: string };
        return createHash('sha256').update(`${source}\0${id}`).digest('hex').slice(0, 32);
      });
      // In the order of the index, as whoever wants to be fast would.
      const rows = Buffer.from(`${identities.sort().join('\n')}\n`);
      await database.query('BEGIN');
      await pipeline([rows], database.query(copyFrom('COPY floor (identity) FROM STDIN')));
      await database.query('COMMIT');
      applied += batch.messages.length;
    },
  });
}

void main(process.env);
