import { replaceMethod } from './mend';

/** The consumer's own commit, which nobody waits for: in a rebalance it ends the process. */
replaceMethod(
  'libs/event-log/src/membership.js',
  'Membership',
  'commit',
  () =>
    async function (...given) {
      const { consumer, options } = this as {
        consumer: { commitOffsets: (offsets: object[]) => Promise<void> };
        options: { topic: string };
      };
      const payload = given[0] as unknown as { batch: { partition: number; lastOffset: () => string } };
      const { partition } = payload.batch;
      const offset = String(BigInt(payload.batch.lastOffset()) + 1n);
      void consumer.commitOffsets([{ topic: options.topic, partition, offset }]);
    },
);
