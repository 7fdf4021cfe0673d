import { randomUUID } from 'node:crypto';
import { Progress } from '#tools/terminal';
import { GivenLifecycle } from '../../../apps/session-lifecycle/test/given-lifecycle';
import { rowsOf } from '../../../apps/session-lifecycle/test/rows-of-record';
import { lifecycleConfig } from '../../../apps/session-lifecycle/src/config';
import { event } from '../../../test/given/producer';
import { rebuildFromKafka } from '../src/from-kafka';

const { KAFKA_BROKERS = '', REDIS_URL = '' } = process.env;

describe('a record that is filled from Kafka', () => {
  let given: GivenLifecycle;
  beforeEach(async () => {
    given = await GivenLifecycle.make();
  });
  afterEach(() => given.close());

  const rebuilt = async (ways: { emptied?: boolean; goesOn?: boolean } = {}) => {
    const said: string[] = [];
    const config = lifecycleConfig.parse({
      KAFKA_BROKERS,
      KAFKA_TOPIC_PREFIX: given.name,
      DATABASE_URL: given.databaseUrl,
      REDIS_URL,
    });
    const progress = new Progress({ write: (text) => said.push(text) });
    const text = await rebuildFromKafka(config, { emptied: false, goesOn: false, ...ways }, progress);
    // How far it was on the way depends on how fast it went.
    return { said: said.filter((line) => !line.startsWith('[')), text };
  };
  const starts = (count: number) =>
    Array.from({ length: count }, () => event('session.started.v1', randomUUID(), { title: 'On air' }));

  it('is refused where it is not empty; emptied first under a running service it has the same rows again', async () => {
    await given.service();
    const room = randomUUID();
    const [one, ...more] = starts(20) as [{ subject: string }, ...object[]];
    await given.send('directory', event('room.changed.v1', room, { title: 'Studio' }));
    await given.send('sessions', one, ...more);
    await given.send('sessions', event('session.ended.v1', one.subject), 'nonsense' as unknown as object);
    await given.send('viewers', event('viewers.counted.v1', one.subject, { viewer_count: 7 }));
    await given.taken();
    const before = await rowsOf(given.source);

    await expect(rebuilt()).rejects.toThrow(/^the record is not empty: 20 sessions, 1 rooms.*--empty-first.*--go-on/);
    expect(await rowsOf(given.source)).toEqual(before);
    const { said, text } = await rebuilt({ emptied: true });
    expect(said).toEqual(['the record is empty\n', '24 messages are recorded\n']);
    expect(text).toBe('Kafka has every message from the first on: the record knows what was ever said\n');
    expect(await rowsOf(given.source)).toEqual(before);
    expect((await rebuilt({ goesOn: true })).said).toEqual(['24 messages are recorded\n']);
  });

  it('says what Kafka does not keep any more, and begins with what it keeps', async () => {
    const first = await given.service();
    await given.send('sessions', ...starts(10));
    await given.taken();
    await given.stop(first);
    const partitions = [{ partition: 0, offset: '4' }];
    await given.admin.deleteTopicRecords({ topic: given.topic('sessions'), partitions });
    await given.sql('DROP SCHEMA public CASCADE');
    await given.sql('CREATE SCHEMA public');
    await given.migrated();

    const filling = rebuilt();
    await given.service();
    const { said, text } = await filling;
    expect(said.at(-1)).toBe('6 messages are recorded\n');
    expect(text).toContain(`${given.topic('sessions')}, partition 0: offsets before 4`);
    expect(await given.sql('SELECT count(*)::int AS n FROM sessions')).toEqual([{ n: 6 }]);
  });
});
