import { Kafka, logLevel } from 'kafkajs';
import { tellProgress } from '../tell-progress';

/** The floor: kafkajs as it comes, each record parsed as JSON and forgotten. */
async function main({ KAFKA_BROKERS = '', TOPIC = '', GROUP = '' }: NodeJS.ProcessEnv): Promise<void> {
  let applied = 0;
  let subjects = 0;
  tellProgress(() => applied);
  const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'bare', logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: GROUP });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const event = JSON.parse(value?.toString() ?? '{}') as { subject?: string };
        if (event.subject !== undefined) subjects += 1;
      }
      applied += batch.messages.length;
      if (subjects !== applied) throw new Error(`${applied - subjects} events are about nothing`);
    },
  });
}

void main(process.env);
