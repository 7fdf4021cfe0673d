import { randomUUID } from 'node:crypto';
import { listQuery } from '#libs/contracts';
import { createDataSource, loggedEvents } from '../src';
import { GivenRecord, NOW, event } from './given-record';

/** All that happens here happens in one millisecond, and the broker has it in the same one. */
const within = (digits: string, id: string) => ({ id, time: new Date(NOW).toISOString().replace('Z', `${digits}Z`) });

describe('what happens in one millisecond is ordered by its microseconds', () => {
  let given: GivenRecord;
  beforeAll(async () => {
    given = await GivenRecord.make();
  });
  afterAll(() => given.close());

  const unique = (id: string) => `${id}-${randomUUID()}`;

  it('a start and an end, in either order of arrival, in one slice and in two (E5)', async () => {
    for (const slices of [(a: object, b: object) => [[a, b]], (a: object, b: object) => [[b], [a]]]) {
      const session = randomUUID();
      const started = event('session.started.v1', session, {}, within('100', unique('z')));
      const ended = event('session.ended.v1', session, {}, within('900', unique('a')));
      for (const slice of slices(started, ended)) await given.sessions(...(slice as (typeof started)[]));
      expect((await given.store.get(session))?.session).toMatchObject({
        status: 'ended',
        started_at: NOW,
        ended_at: NOW,
        counts_after: NOW,
      });
      const again = event('session.started.v1', session, {}, within('9001', unique('0')));
      await given.sessions(again);
      expect((await given.store.get(session))?.session.status).toBe('ended');
      await given.sessions(event('session.started.v1', session, {}, within('901', unique('0'))));
      expect((await given.store.get(session))?.session.status).toBe('live');
    }
  });

  it('counts: the last, the peak that was first, and the bucket; the table keeps the microseconds', async () => {
    const session = randomUUID();
    const count = (viewers: number, digits: string, id: string) =>
      event('viewers.counted.v1', session, { viewer_count: viewers }, within(digits, id));
    await given.viewers(count(5, '606', 'z'), count(9, '700', 'y'));
    await given.viewers(count(7, '900999', 'a'), count(9, '600', 'b'));
    await given.viewers(count(6, '899', 'zz'));
    const [row] = await given.sql(
      `SELECT c.viewer_count, to_char(c.viewer_count_at, 'US') AS at, to_char(c.max_viewers_at, 'US') AS peak_at, b.last,
         to_char(b.last_at, 'US') AS last_at
       FROM session_counts c JOIN viewer_buckets b USING (session_id) WHERE session_id = $1`,
      [session],
    );
    expect(row).toEqual({ viewer_count: 7, at: '000900', peak_at: '000600', last: 7, last_at: '000900' });
  });

  it('a count is newer than the last end where its millisecond is later, in what is shown as in filters', async () => {
    const [session, other] = [randomUUID(), randomUUID()];
    for (const [id, endedAt] of [
      [session, new Date(NOW).toISOString()],
      [other, new Date(NOW - 1).toISOString()],
    ] as const) {
      await given.sessions(
        event('session.started.v1', id, {}, { time: new Date(NOW - 5000).toISOString() }),
        event('session.ended.v1', id, {}, { time: endedAt }),
        event('session.started.v1', id, {}, within('950', unique('again'))),
      );
      await given.viewers(event('viewers.counted.v1', id, { viewer_count: 77 }, within('900', unique('count'))));
    }
    const { rows } = await given.store.list(listQuery.parse({ min_viewers: '77' }), NOW);
    expect(rows.map(({ session: { id } }) => id)).toEqual([other]);
  });

  it('reference data, whatever the offset', async () => {
    const room = randomUUID();
    const titled = (title: string, digits: string) => event('room.changed.v1', room, { title }, within(digits, title));
    await given.directory(titled('The newer', '900'));
    await given.directory(titled('The older', '100'));
    expect(await given.sql(`SELECT state ->> 'title' AS title FROM reference_data WHERE id = $1`, [room])).toEqual([
      { title: 'The newer' },
    ]);
  });

  it('the log of a session, in the order of recording, says them page by page', async () => {
    const session = randomUUID();
    const digits = ['001', '100', '100', '606', '999'];
    const updates = digits.map((one, n) =>
      event('session.updated.v1', session, { title: `Title ${n}` }, within(one, unique(`${9 - n}`))),
    );
    await given.sessions(...updates.toReversed());
    const source = await createDataSource({ url: given.url, name: 'history' }).initialize();
    try {
      const walked: number[] = [];
      let after: Parameters<typeof loggedEvents>[3];
      for (;;) {
        const [entry] = await loggedEvents(source, session, 1, after);
        if (!entry) break;
        walked.push(entry.at - NOW * 1000);
        after = entry;
      }
      expect(walked).toEqual(digits.map(Number).toReversed());
    } finally {
      await source.destroy();
    }
  });
});
