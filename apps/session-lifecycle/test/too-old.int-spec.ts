import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiKeys } from '#libs/session-store';
import { AdminClient, readCommand, run } from '#tools/quarantine';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const ADMIN_KEY = 'an admin key for tests';
const DAY = 86_400_000;

describe('events that come too late', () => {
  let given: GivenLifecycle;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    app = await given.service({ ADMIN_KEY });
  });
  afterAll(() => given.close());

  const ago = (days: number) => ({ time: new Date(Date.now() - days * DAY).toISOString() });
  const started = (id: string, days: number) =>
    event('session.started.v1', id, { title: 'A late show' }, { ...ago(days) });
  const quarantined = async (subject: string) =>
    given.sql<{ id: string; reason: string; state: string; last_error: string | null }>(
      'SELECT id, reason, state, last_error FROM quarantine WHERE key = $1',
      [Buffer.from(subject)],
    );
  const isQuarantined = (subject: string) =>
    eventuallyPasses('it is in quarantine', async () =>
      expect(await quarantined(subject)).toMatchObject([{ reason: 'too-old', state: 'open' }]),
    );
  const replay = async (subject: string) => {
    const [row] = await quarantined(subject);
    const call = readCommand(['replay', row?.id ?? '', '--json'], Date.now());
    if (call.command.name === 'help') throw new Error('a command is missing');
    return JSON.parse(await run(call.command, new AdminClient(await app.getUrl(), ADMIN_KEY), true)) as object;
  };

  it('are quarantined on the topics of sessions and of viewers, and delay nobody', async () => {
    const [late, counted, inTime, room] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await given.send('viewers', event('viewers.counted.v1', counted, { viewer_count: 7 }, ago(8)));
    await given.send('directory', event('room.changed.v1', room, { title: 'An old room' }, ago(500)));
    await given.send('sessions', started(late, 8), started(inTime, 6));
    await isQuarantined(late);
    await isQuarantined(counted);
    await eventuallyPasses('what came in time is there, and the state of a room', async () => {
      expect(await given.sql('SELECT FROM sessions WHERE id = $1', [inTime])).toHaveLength(1);
      expect(await given.sql('SELECT FROM reference_data WHERE id = $1', [room])).toHaveLength(1);
    });
    expect(await given.sql('SELECT FROM sessions WHERE id = $1', [late])).toEqual([]);
    expect(await given.sql('SELECT FROM session_counts WHERE session_id = $1', [counted])).toEqual([]);
  });

  it('are refused by the door, as other events that are wrong', async () => {
    const { text: key } = await new ApiKeys(given.source).create({
      name: 'late',
      scopes: ['events:write'],
      sources: null,
    });
    const url = `${await app.getUrl()}/events`;
    const headers = { 'content-type': 'application/cloudevents+json', 'x-api-key': key };
    const post = (sent: object) => fetch(url, { method: 'POST', headers, body: JSON.stringify(sent) });
    const answer = await post(started(randomUUID(), 8));
    const wrong = await post({ ...started(randomUUID(), 0), time: 'yesterday' });
    expect([answer.status, wrong.status]).toEqual([400, 400]);
    expect(await answer.json()).toMatchObject({ error: 'time: must not be more than 168 hours ago' });
  });

  it('are taken where a person wants them, unless their session has left since', async () => {
    const [wanted, left] = [randomUUID(), randomUUID()];
    await given.send('sessions', started(wanted, 8), started(left, 8));
    await isQuarantined(wanted);
    await isQuarantined(left);
    await given.sql(`INSERT INTO session_tombstones VALUES ($1, 3, false, now() + interval '1 minute')`, [left]);
    expect(await replay(wanted)).toMatchObject({ still: [] });
    expect(await given.sql('SELECT title FROM sessions WHERE id = $1', [wanted])).toEqual([{ title: 'A late show' }]);
    expect(await replay(left)).toMatchObject({ replayed: [], still: [{ reason: 'too-old' }] });
    expect(await given.sql('SELECT FROM sessions WHERE id = $1', [left])).toEqual([]);
    const [row] = await quarantined(left);
    expect(row?.last_error).toBe(`too-old: subject: the session ${left} has left the record since`);
  });
});
