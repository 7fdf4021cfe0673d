import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Bad, Quarantine, SessionStore } from '#libs/session-store';
import { AdminClient, readCommand, run } from '#tools/quarantine';
import { eventuallyPasses } from '../../../test/given/eventually';
import { kafkaBatch } from '../../../test/given/kafka-batch';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const ADMIN_KEY = 'an admin key for tests';
const BATCH_TIME = '2025-11-24T15:59:00.000Z';

interface Row {
  id: string;
  kind: string;
  offset: string;
  reason: string;
  state: string;
  state_why: string | null;
}

describe('the quarantine', () => {
  let given: GivenLifecycle;
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    app = await given.service({ ADMIN_KEY });
    url = await app.getUrl();
  });
  afterAll(() => given.close());

  const command = async (...args: string[]) => {
    const call = readCommand([...args, '--json'], Date.now());
    if (call.command.name === 'help') throw new Error('a command is missing');
    return JSON.parse(await run(call.command, new AdminClient(url, ADMIN_KEY), true)) as Record<string, unknown>;
  };
  const open = async () => (await command('list'))['rows'] as Row[];
  /** Sends a record that cannot be taken, and gives its row. */
  const quarantined = async (send: () => Promise<void>): Promise<Row> => {
    const before = new Set((await open()).map(({ id }) => id));
    await send();
    let row: Row | undefined;
    await eventuallyPasses('it is in quarantine', async () => {
      row = (await open()).find(({ id }) => !before.has(id));
      expect(row).toBeDefined();
    });
    if (!row) throw new Error('there is no row');
    return row;
  };
  const titleOf = async (id: string) => {
    const [row] = await given.sql<{ title: string | null }>('SELECT title FROM sessions WHERE id = $1', [id]);
    return row?.title;
  };

  it('shows a record with its place, its bytes and why it could not be taken', async () => {
    const { id, reason } = await quarantined(() => given.sendRaw('sessions', 'no JSON'));
    expect(reason).toBe('not-json');
    expect(await command('show', id)).toMatchObject({
      topic: given.topic('sessions'),
      partition: 0,
      size: 7,
      value_base64: Buffer.from('no JSON').toString('base64'),
      state: 'open',
    });
    await expect(command('show', '999999')).rejects.toThrow('there is no row 999999');
  });

  it('C20: replays what can be taken by now, through the same way, and a second time without effect', async () => {
    await given.sql(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'our bug'; END $$`,
    );
    await given.sql(
      `CREATE TRIGGER odd BEFORE INSERT OR UPDATE ON sessions FOR EACH ROW WHEN (NEW.title = 'Odd') EXECUTE FUNCTION refuse()`,
    );
    const session = randomUUID();
    const { id, reason } = await quarantined(() =>
      given.send('sessions', event('session.started.v1', session, { title: 'Odd' })),
    );
    expect(reason).toBe('bug');
    expect(await command('replay', id)).toMatchObject({ replayed: [], still: [{ id, reason: 'bug' }] });
    expect((await open()).map((row) => row.id)).toContain(id);
    expect(await command('show', id)).toMatchObject({ tries: 1, last_error: 'bug: our bug', reason: 'bug' });

    await given.sql('DROP TRIGGER odd ON sessions');
    expect(await command('replay', '--reason', 'bug')).toMatchObject({ replayed: [id], still: [] });
    expect(await titleOf(session)).toBe('Odd');
    const [before] = await given.sql('SELECT * FROM sessions WHERE id = $1', [session]);
    expect(await command('replay', id)).toMatchObject({ replayed: [id] });
    expect(await given.sql('SELECT * FROM sessions WHERE id = $1', [session])).toEqual([before]);
    expect((await open()).map((row) => row.id)).not.toContain(id);
    expect(await command('show', id)).toMatchObject({ state: 'replayed' });
  });

  it('C20: keeps open what is as bad as before, and goes on behind it', async () => {
    const bad = await quarantined(() => given.sendRaw('sessions', 'still no JSON'));
    expect(await command('replay', bad.id, '424242')).toMatchObject({
      replayed: [],
      still: [{ id: bad.id, reason: 'not-json' }],
      unknown: ['424242'],
    });
  });

  it('replays a batch record by record: good ones are taken, bad ones get rows of their own', async () => {
    const [good, other] = [randomUUID(), randomUUID()];
    const record = (id: string, value: object | string) => ({
      key: Buffer.from(id),
      value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    });
    const first = event('session.started.v1', good, { title: 'In a batch' }, { time: BATCH_TIME, id: 'one' });
    const again = event('session.started.v1', other, { title: 'Taken' }, { time: BATCH_TIME, id: 'one' });
    const records = [
      record(good, first),
      record(good, 'no JSON'),
      record(other, again),
      record(other, 'no JSON either'),
    ];
    const bytes = await kafkaBatch(1_000_000, 1_764_000_000_000, records);
    const damaged = Buffer.from(bytes);
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    const store = new SessionStore(given.source);
    const batch = (value: Buffer, offset: string): Bad => ({
      kind: { batchFrom: '1000000' },
      place: { topic: given.topic('sessions'), partition: 0, offset },
      // Of its last record.
      record: { key: null, value, headers: {}, timestamp: 1_764_000_000_003 },
      source: '',
      reason: 'unknown-codec',
      error: 'there was no codec',
    });
    await store.recordEvidence({ bad: [batch(bytes, '1000003'), batch(damaged, '2000003')], progress: null });
    const rows = (await open()).filter(({ reason }) => reason === 'unknown-codec');
    const [whole, broken] = rows.map(({ id }) => id);

    // One that still cannot be decoded stays, each time with another try.
    for (const tries of [1, 2]) {
      expect(await command('replay', broken ?? '')).toMatchObject({ still: [{ id: broken, reason: 'corrupt-batch' }] });
      expect(await command('show', broken ?? '')).toMatchObject({
        kind: 'batch',
        state: 'open',
        tries,
        reason: 'unknown-codec',
        last_error: 'corrupt-batch: the checksum is wrong',
      });
    }

    expect(await command('replay', whole ?? '')).toMatchObject({ replayed: [whole], still: [] });
    expect(await command('show', whole ?? '')).toMatchObject({ kind: 'batch', state: 'replayed', tries: 1 });
    expect(await titleOf(good)).toBe('In a batch');
    const own = (await open()).filter(({ offset }) => /^100000\d$/.test(offset));
    expect(own.map(({ kind, offset, reason }) => `${kind} ${offset} ${reason}`).sort()).toEqual([
      'record 1000001 not-json',
      'record 1000002 id-conflict',
      'record 1000003 not-json',
    ]);
    // A second time changes nothing; the rows of their own are there once.
    expect(await command('replay', whole ?? '')).toMatchObject({ replayed: [whole] });
    expect((await open()).filter(({ offset }) => /^100000\d$/.test(offset))).toHaveLength(3);
    const conflict = own.find(({ reason }) => reason === 'id-conflict')?.id ?? '';
    expect(await command('replay', conflict)).toMatchObject({ replayed: [], still: [{ reason: 'id-conflict' }] });
  });

  it('lists sizes and reads no values for them', async () => {
    const { id } = await quarantined(() => given.sendRaw('sessions', 'x'.repeat(100_000)));
    const listed = (await open()).find((row) => row.id === id);
    expect(listed).toMatchObject({ size: 100_000 });
    const [summary] = await new Quarantine(given.source).list({ ids: [id] }, 1);
    expect(summary).not.toHaveProperty('value');
    expect(summary).not.toHaveProperty('headers');
  });

  it('discards with a reason, once', async () => {
    const { id } = await quarantined(() => given.sendRaw('viewers', 'noise'));
    expect(await command('discard', id, '--why', 'a load test')).toEqual({ done: `row ${id} is discarded` });
    expect(await command('show', id)).toMatchObject({ state: 'discarded', state_why: 'a load test' });
    await expect(command('discard', id, '--why', 'again')).rejects.toThrow('there is no open row');
  });

  it('tells how far each partition is, and resumes topics that stand still only', async () => {
    const { partitions, gaps, pauses } = await command('status');
    expect(partitions).toContainEqual(
      expect.objectContaining({ topic: given.topic('sessions'), partition: 0, low: '0', lag: 0 }),
    );
    expect([gaps, pauses]).toEqual([[], []]);
    await expect(command('resume', given.topic('viewers'))).rejects.toThrow('does not stand still');
  });

  it('is open to the admin key alone', async () => {
    const ask = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET', path = '/admin/quarantine') =>
      app.inject({ method, url: path, headers });
    expect((await ask({})).statusCode).toBe(401);
    expect((await ask({ 'x-api-key': `${ADMIN_KEY}!` })).json()).toMatchObject({ code: 'unauthorized' });
    expect((await ask({}, 'POST', '/admin/quarantine/replay')).statusCode).toBe(401);
    expect((await ask({ 'x-api-key': ADMIN_KEY })).statusCode).toBe(200);
    const closed = await given.launch();
    const answer = await closed.inject({ url: '/admin/ingest', headers: { 'x-api-key': 'undefined' } });
    expect(answer.json()).toMatchObject({ success: false, code: 'forbidden' });
    await given.stop(closed);
  });

  it('says what is wrong with a question', async () => {
    const ask = async (url: string, payload?: object) =>
      (
        await app.inject({
          method: payload ? 'POST' : 'GET',
          url,
          headers: { 'x-api-key': ADMIN_KEY },
          ...(payload && { payload }),
        })
      ).json() as unknown;
    expect(await ask('/admin/quarantine?state=closed')).toMatchObject({
      code: 'invalid_query',
      details: [{ parameter: 'state' }],
    });
    expect(await ask('/admin/quarantine/replay', { ids: ['x'] })).toMatchObject({
      code: 'invalid_body',
      details: [{ parameter: 'ids.0', message: 'must be the number of a row' }],
    });
    expect(await ask('/admin/quarantine/1/discard', {})).toMatchObject({ code: 'invalid_body' });
    expect(await ask('/admin/quarantine/one')).toMatchObject({ code: 'not_found' });
  });
});
