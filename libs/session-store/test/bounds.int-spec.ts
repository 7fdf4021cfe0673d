import { randomUUID } from 'node:crypto';
import { EVENT_TYPES, type TopicName, listQuery, readEvent, restSession } from '#libs/contracts';
import { KEYED, presentSession } from '#libs/session';
import fc from 'fast-check';
import { eventsAtBounds } from './events-at-bounds';
import { GivenRecord, NOW, type Sent, event } from './given-record';

const SLICES = 20;
const PER_SLICE = 10;

const isReadable = (topic: TopicName, sent: Sent) => {
  const value = Buffer.from(JSON.stringify(sent));
  return readEvent(topic, { key: Buffer.from(sent.subject), value, headers: {}, timestamp: NOW }).ok;
};

describe('what the schemas accept, the record can hold', () => {
  let given: GivenRecord;
  beforeAll(async () => {
    given = await GivenRecord.make();
  });
  afterAll(() => given.close());

  it.each([...EVENT_TYPES].map(([type, { topic }]) => [type, topic] as const))(
    '%s',
    async (type, topic) => {
      let taken = 0;
      const slice = fc.array(eventsAtBounds(type), { minLength: PER_SLICE, maxLength: PER_SLICE });
      await fc.assert(
        fc.asyncProperty(slice, async (events) => {
          // Each of its own: what another event said of the same entity is another test's matter.
          const own = events.map((one): Sent => ({ ...one, id: distinct(one['id']), subject: randomUUID() }));
          const readable = own.filter((one) => isReadable(topic, one));
          await given[topic](...readable);
          taken += readable.length;
        }),
        { numRuns: SLICES },
      );
      expect(taken).toBeGreaterThan(SLICES * PER_SLICE * 0.3);
    },
    120_000,
  );

  it('and can be read again: by those who write, who look at the clock, and who list', async () => {
    const ids = await given.sql<{ id: string }>(`SELECT id FROM sessions WHERE listed LIMIT 200`);
    const beats = ids.map(({ id }): Sent => {
      const attributes = { specversion: '1.0', id: randomUUID(), source: '/studio', subject: id };
      return { ...attributes, type: 'session.heartbeat.v1', time: new Date(NOW).toISOString() };
    });
    await given.sessions(...beats);
    await given.store.checkDue(NOW);
    const sorts = ['scheduled_start_time', 'started_at', 'created_at', 'duration', 'viewer_count'];
    for (const sort of sorts) {
      const { rows } = await given.store.list(listQuery.parse({ sort, limit: '100' }), NOW);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows)
        expect(restSession.safeParse(presentSession(row, KEYED, NOW))).toMatchObject({ success: true });
    }
    for await (const page of given.store.pages()) expect(page.length).toBeGreaterThan(0);
  });
});

it('an id of zeros is one like every other', async () => {
  const given = await GivenRecord.make();
  try {
    const zeros = '00000000-0000-0000-0000-000000000000';
    await given.sessions(event('session.started.v1', zeros, { title: 'Zeros' }));
    await given.directory(event('room.changed.v1', zeros, { title: 'Zeros' }));
    const [pages, versions] = [given.store.pages(), given.store.versions()].map(async (all) => {
      const kinds: string[] = [];
      for await (const page of all) kinds.push(...page.map(({ kind }) => kind));
      return kinds;
    });
    expect([await pages, await versions]).toEqual([
      ['room', 'session'],
      ['room', 'session'],
    ]);
  } finally {
    await given.close();
  }
});

/** Its length and its letters stay, so that it is as long as before. */
function distinct(id: unknown): string {
  const text = String(id);
  const mark = randomUUID();
  return text.length > mark.length ? `${mark}${text.slice(mark.length)}`.toWellFormed() : mark;
}
