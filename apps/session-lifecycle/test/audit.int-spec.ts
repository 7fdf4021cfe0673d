import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from '../../../test/given/eventually';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

interface GapRow {
  partition: number;
  kind: string;
  from_offset: string;
  to_offset: string;
}

describe('what is missed of the log', () => {
  let given: GivenLifecycle;
  beforeEach(async () => {
    given = await GivenLifecycle.make();
  });
  afterEach(() => given.close());

  const starts = (count: number) =>
    Array.from({ length: count }, () => event('session.started.v1', randomUUID(), { title: 'On air' }));
  const gaps = () => given.sql<GapRow>('SELECT partition, kind, from_offset, to_offset FROM ingest_gaps ORDER BY id');
  const recorded = async (count: number) =>
    eventuallyPasses(`${count} sessions are recorded`, async () => {
      const [row] = await given.sql<{ count: number }>('SELECT count(*)::int AS count FROM sessions');
      expect(row?.count).toBe(count);
    });
  const sessionsProgress = async () => {
    const [row] = await given.sql<{ next_offset: string }>(
      'SELECT next_offset FROM ingest_progress WHERE topic = $1 AND partition = 0',
      [given.topic('sessions')],
    );
    return Number(row?.next_offset);
  };

  it('is read again when the record was restored from a backup under a running service', async () => {
    await given.service();
    await given.send('sessions', ...starts(10));
    await recorded(10);
    // As after a restore: what came since is gone, and so is the word of it.
    await given.sql('TRUNCATE sessions, session_folds, session_signals, room_claims, event_inbox, session_log');
    await given.sql('UPDATE ingest_progress SET next_offset = 0 WHERE topic = $1', [given.topic('sessions')]);
    await given.send('sessions', ...starts(1));
    await recorded(11);
    expect(await gaps()).toEqual([{ partition: 0, kind: 'replayed', from_offset: '0', to_offset: '10' }]);
  });

  it('is named when retention deleted it before it was read', async () => {
    const first = await given.service();
    await given.send('sessions', ...starts(4));
    await recorded(4);
    await given.stop(first);
    await given.send('sessions', ...starts(6));
    await given.admin.fetchTopicOffsets(given.topic('sessions'));
    await given.admin.deleteTopicRecords({
      topic: given.topic('sessions'),
      partitions: [{ partition: 0, offset: '7' }],
    });
    const second = await given.service();
    await recorded(7);
    expect(await gaps()).toEqual([{ partition: 0, kind: 'missing', from_offset: '4', to_offset: '7' }]);
    await eventuallyPasses('the gap is measured', async () => {
      const body = await metricsOf(second);
      expect(body).toContain(`marquee_missing_offsets{topic="${given.topic('sessions')}"} 3`);
      expect(body).toContain(`marquee_lag_records{topic="${given.topic('sessions')}",partition="0"} 0`);
    });
  });

  it('is read again when the group has lost its offsets', async () => {
    const first = await given.service();
    await given.send('sessions', ...starts(5));
    await recorded(5);
    await given.stop(first);
    await given.admin.deleteGroups([`${given.name}.lifecycle.sessions`]);
    await given.send('sessions', ...starts(1));
    await given.service();
    await recorded(6);
    expect(await gaps()).toEqual([{ partition: 0, kind: 'replayed', from_offset: '0', to_offset: '5' }]);
  });

  it('is another log when the topic was recreated', async () => {
    const first = await given.service();
    await given.send('sessions', ...starts(8));
    await recorded(8);
    await given.stop(first);
    const topic = given.topic('sessions');
    await given.admin.deleteTopics({ topics: [topic] });
    await eventuallyPasses('there is a new topic', async () => {
      await given.admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] });
      expect((await given.admin.fetchTopicOffsets(topic))[0]?.high).toBe('0');
    });
    await given.send('sessions', ...starts(3));
    await given.service();
    await recorded(11);
    expect(await gaps()).toEqual([{ partition: 0, kind: 'recreated', from_offset: '3', to_offset: '8' }]);
    expect(await sessionsProgress()).toBe(3);
  });

  it('is nothing where a transaction left its marker', async () => {
    const app = await given.service();
    for (let round = 1; round <= 3; round++) {
      await given.sendTogether('sessions', ...starts(2));
      await recorded(2 * round);
    }
    await eventuallyPasses('the progress is past the markers', async () => expect(await sessionsProgress()).toBe(9));
    expect(await gaps()).toEqual([]);
    const body = await metricsOf(app);
    expect(body).toContain('marquee_consumer_restarts{topic="sessions"} 0');
  });
});
