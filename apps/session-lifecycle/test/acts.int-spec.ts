import { randomUUID } from 'node:crypto';
import { Acts, ApiKeys, type ActSaid } from '#libs/session-store';
import { AdminClient, readCommand, run } from '#tools/quarantine';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const ADMIN_KEY = 'an admin key for tests';
const SAID = { why: 'the fault is mended', who: 'a1b2c3d4e5f6' };

describe('what operators ask for', () => {
  let given: GivenLifecycle;
  let acts: Acts;
  let url: string;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    const apps = [await given.service({ ADMIN_KEY }), await given.service({ ADMIN_KEY })];
    url = (await apps[0]?.getUrl()) ?? '';
    acts = new Acts(given.source);
  });
  afterAll(() => given.close());

  /** Asks, and waits until it is over. */
  const carriedOut = async (what: ActSaid['what'], of: ActSaid['of']) => {
    const { id } = await acts.ask({ ...SAID, what, of });
    await eventuallyPasses('it is over', async () => expect((await acts.get(id))?.ended_at).not.toBeNull());
    return acts.get(id);
  };
  const quarantined = async (session: string, title = 'x'.repeat(300)): Promise<string> => {
    await given.send('sessions', event('session.started.v1', session, { title }));
    let id: string | undefined;
    await eventuallyPasses('it is in quarantine', async () => {
      const [row] = await given.sql<{ id: string }>('SELECT id FROM quarantine WHERE key = $1', [Buffer.from(session)]);
      expect((id = row?.id)).toBeDefined();
    });
    return id ?? '';
  };
  const stateOf = async (id: string) => {
    const [row] = await given.sql<{ state: string; tries: number; state_why: string | null }>(
      'SELECT state, tries, state_why FROM quarantine WHERE id = $1',
      [id],
    );
    return row;
  };

  const givenRange = (topic: string) =>
    given.sql<{ id: string }>(
      `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, messages, source, reason, first_ms, last_ms)
       VALUES ($1, 0, 1, 5, 5, '/studio', 'schema', 0, 0) RETURNING id`,
      [topic],
    );

  it('is carried out by one of the processes, once, and what came of it is written down', async () => {
    const ids = [await quarantined(randomUUID()), await quarantined(randomUUID())];
    expect(await carriedOut('replay', { ids: [...ids, '4711'] })).toMatchObject({
      state: 'done',
      error: null,
      result: {
        replayed: 0,
        still_total: 2,
        still: ids.map((id) => ({ id, reason: 'schema' })),
        unknown: ['4711'],
      },
    });
    expect(await stateOf(ids[0] ?? '')).toMatchObject({ state: 'open', tries: 1 });
    const discarded = await carriedOut('discard', { ids: [...ids, '4711'] });
    expect(discarded).toMatchObject({ state: 'done', result: { discarded: ids, unknown: ['4711'] } });
    expect(await stateOf(ids[0] ?? '')).toMatchObject({ state: 'discarded', state_why: SAID.why });
  });

  it('replays a selection to its end, and the session is there', async () => {
    const session = randomUUID();
    await given.sql(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'our bug'; END $$`,
    );
    await given.sql(
      `CREATE TRIGGER odd BEFORE INSERT OR UPDATE ON sessions FOR EACH ROW WHEN (NEW.title = 'Odd') EXECUTE FUNCTION refuse()`,
    );
    await quarantined(session, 'Odd');
    await given.sql('DROP TRIGGER odd ON sessions');
    expect(await carriedOut('replay', { reason: 'bug', since: '2020-01-01T00:00:00Z' })).toMatchObject({
      state: 'done',
      result: { replayed: 1, still_total: 0 },
    });
    expect(await given.sql('SELECT title FROM sessions WHERE id = $1', [session])).toEqual([{ title: 'Odd' }]);
  });

  it('revokes a key; what cannot be done fails with its reason', async () => {
    const keys = new ApiKeys(given.source);
    const { id, text } = await keys.create({ name: 'studio', scopes: ['events:write'], sources: null });
    expect(await carriedOut('revoke_key', { id })).toMatchObject({ state: 'done', result: { revoked: id } });
    expect(await keys.find(text)).toBeUndefined();
    expect(await carriedOut('revoke_key', { id })).toMatchObject({
      state: 'failed',
      result: null,
      error: `there is no key ${id} in force`,
    });
    for (const [what, of, error] of [
      ['resume', { topic: given.topic('viewers') }, /does not stand still/],
      ['discard_range', { id: '4711' }, /no open range 4711/],
      ['discard', { ids: ['of no schema'] }, /must be the number of a row/],
    ] as const) {
      expect(await carriedOut(what, of)).toMatchObject({
        state: 'failed',
        error: expect.stringMatching(error) as unknown,
      });
    }
  });

  it('is done where it was done, but its end was not written down', async () => {
    const keys = new ApiKeys(given.source);
    const { id: key } = await keys.create({ name: 'studio', scopes: ['events:write'], sources: null });
    const [row, topic] = [await quarantined(randomUUID()), given.topic('viewers')];
    await given.sql(`INSERT INTO topic_pauses (topic, why) VALUES ($1, 'a storm') ON CONFLICT DO NOTHING`, [topic]);
    const [range] = await givenRange(topic);
    const asked: [ActSaid['what'], ActSaid['of'], object][] = [
      ['revoke_key', { id: key }, { revoked: key }],
      ['discard', { ids: [row] }, { discarded: [row], unknown: [] }],
      ['discard_range', { id: range?.id }, { done: `range ${range?.id} is discarded` }],
      ['resume', { topic }, { done: `${topic} goes on` }],
    ];
    for (const [what, of, result] of asked) {
      const first = await carriedOut(what, of);
      expect(first).toMatchObject({ state: 'done' });
      const died = `state = 'taken', ended_at = NULL, result = NULL, taken_by = 'dead', taken_until = now()`;
      await given.sql(`UPDATE admin_acts SET ${died} WHERE id = $1`, [first?.id]);
      await eventuallyPasses('it is over again', async () =>
        expect(await acts.get(first?.id ?? '')).toMatchObject({ state: 'done', error: null, result }),
      );
    }
  });

  it('fails where a range lies in a topic that this service does not know', async () => {
    const [range] = await givenRange('old.sessions');
    expect(await carriedOut('replay_range', { id: range?.id })).toMatchObject({
      state: 'failed',
      error: 'the topic old.sessions is not one of this service',
    });
  });

  it('tells of every id that is not there, however many are', async () => {
    const row = await quarantined(randomUUID());
    const ids = [row, ...Array.from({ length: 4 }, (_, n) => String(9_000_000 + n))];
    const unknown = ids.slice(1);
    const admin = new AdminClient(url, ADMIN_KEY);
    const body = { ids, limit: 1, why: 'is it mended?' };
    expect(await admin.post('quarantine/replay', body)).toMatchObject({ unknown });
  });

  it('is written down, too, where it is done at the command line', async () => {
    const command = async (...args: string[]) => {
      const { command: said } = readCommand(args, Date.now());
      if (said.name === 'help') throw new Error('a command is missing');
      return run(said, new AdminClient(url, ADMIN_KEY), false);
    };
    const id = await quarantined(randomUUID());
    await command('replay', id, '--why', 'is it mended?');
    await command('discard', id, '--why', 'a load test');
    await expect(command('discard', id, '--why', 'a load test')).rejects.toThrow('there is no open row');
    const [discard, replay] = await acts.list(2);
    const who = 'operator at the command line';
    expect(discard).toMatchObject({ what: 'discard', of: { ids: [id] }, why: 'a load test', who, state: 'done' });
    expect(replay).toMatchObject({ what: 'replay', why: 'is it mended?', who, result: { still: [{ id }] } });
    expect(replay?.of).toMatchObject({ ids: [id] });
  });
});
