import { createDataSource, migrate } from '#libs/session-store';
import { throwawayDatabase } from '#tools/stack';
import { eventuallyPasses } from '../../../test/given/eventually';
import { PartitionKeeper } from '../src/partitions/partition-keeper';

it('partitions that are missing are made by whoever looks next, and the log says so', async () => {
  const { url, drop } = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
  const source = await createDataSource({ url, name: 'keeper' }).initialize();
  await migrate(source);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const missing = ['event_inbox', 'session_log'].map((table) => `${table}_${tomorrow}`);
  await source.query(`DROP TABLE ${missing.join(', ')}`);
  const told: unknown[] = [];
  const log = { warn: (...said: unknown[]) => told.push(said), info: (...said: unknown[]) => told.push(said) };
  const keeper = new PartitionKeeper({ source, log, everyMs: 20 });
  try {
    keeper.start();
    await eventuallyPasses('they are made', () => {
      expect(told).toEqual([[{ made: missing }, 'partitions were made']]);
      return Promise.resolve();
    });
  } finally {
    await keeper.stop();
    await source.destroy();
    await drop();
  }
});
