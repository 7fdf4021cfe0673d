import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { eventuallyPasses } from '../../../test/given/eventually';
import { GivenRecord, NOW, event } from './given-record';

describe('counts of a session that is opened at the same time', () => {
  let given: GivenRecord;
  let holder: Client;
  beforeAll(async () => {
    given = await GivenRecord.make();
    holder = new Client({ connectionString: given.url });
    await holder.connect();
    await given.sql(`INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ('t.viewers', 0, 0)`);
  });
  afterAll(async () => {
    await holder.end();
    await given.close();
  });

  it('are told by one of the two, though neither sees the other', async () => {
    const subject = randomUUID();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM ingest_progress FOR UPDATE');
    const count = { subject, at: NOW * 1000, source: '/studio', id: 'c-1', viewer_count: 7 };
    const progress = { topic: 't.viewers', partition: 0, fromOffset: '0', nextOffset: '1', brokerTime: NOW };
    const counting = given.store.recordViewerSlice([count], { bad: [], progress });
    await eventuallyPasses('the count is written, and waits for its commit', async () =>
      expect(
        await given.sql(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
      ).toHaveLength(1),
    );
    const opened = await given.sessions(event('session.started.v1', subject));
    expect(opened.filter(({ kind }) => kind === 'counts')).toEqual([]);
    await holder.query('ROLLBACK');
    expect((await counting).changes).toMatchObject([{ kind: 'counts', id: subject, counts: { viewer_count: 7 } }]);
  });

  it('are told as they are now, also where they change nothing', async () => {
    const subject = randomUUID();
    await given.sessions(event('session.started.v1', subject));
    const [newer, older] = [9, 5].map((viewer_count, index) =>
      event('viewers.counted.v1', subject, { viewer_count }, { sequence: String(2 - index) }),
    );
    if (!newer || !older) throw new Error('there are two');
    const told = { kind: 'counts', version: 1, counts: { viewer_count: 9, max_viewers: 9 } };
    expect(await given.viewers(newer)).toMatchObject([told]);
    expect(await given.viewers(older)).toMatchObject([told]);
    expect(await given.viewers(newer)).toMatchObject([told]);
  });
});
