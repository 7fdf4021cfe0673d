import { randomUUID } from 'node:crypto';
import { ProjectionWriter } from '#libs/live-projection';
import { Outbox, SessionStore } from '#libs/session-store';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { ReconcilePass } from '../src/projection/reconcile-pass';
import { GivenLifecycle } from './given-lifecycle';

describe('one id as a room, then as a host', () => {
  let given: GivenLifecycle;
  let writer: ProjectionWriter;

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    await given.service();
    writer = new ProjectionWriter({ url: process.env['REDIS_URL'] ?? '', tag: given.name });
  });
  afterAll(async () => {
    await writer?.close();
    await given?.close();
  });

  it('is quarantined, and gives the projection no reason to be rebuilt', async () => {
    const [id, last] = [randomUUID(), randomUUID()];
    await given.send('directory', event('room.changed.v1', id, { title: 'A room' }));
    await eventuallyPasses('the room is taken', async () =>
      expect(await given.sql('SELECT FROM reference_data WHERE id = $1', [id])).toHaveLength(1),
    );
    await given.send(
      'directory',
      event('host.changed.v1', id, { username: 'a host' }),
      event('preset.changed.v1', id, { name: 'a preset' }),
      event('room.changed.v1', last, { title: 'Behind them' }),
    );
    await eventuallyPasses('all are taken', async () =>
      expect(await given.sql('SELECT FROM reference_data WHERE id = $1', [last])).toHaveLength(1),
    );
    expect(await given.sql('SELECT reason FROM quarantine')).toEqual([
      { reason: 'kind-conflict' },
      { reason: 'kind-conflict' },
    ]);
    const [store, outbox] = [new SessionStore(given.source), new Outbox(given.source)];
    const pass = new ReconcilePass({ store, outbox, writer }, new AbortController().signal);
    expect(await pass.run()).toMatchObject({ beyond: null });
  });
});
