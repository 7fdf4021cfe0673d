import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICY, leavingByRows } from '#libs/session-store';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';
import { GivenProjection } from './given-projection';

const LONG_AFTER = Date.now() + 500 * 86_400_000;

describe('a room that was deleted and has left', () => {
  let given: GivenLifecycle;
  let projection: GivenProjection;
  beforeAll(async () => {
    given = await GivenLifecycle.make();
    await given.service({ RECONCILE_EVERY_SECONDS: '86400' });
    projection = new GivenProjection(process.env['REDIS_URL'] ?? '', given.name, given.source);
  });
  afterAll(async () => {
    await projection.close();
    await given.close();
  });

  const rows = (id: string) =>
    given.sql<{ version: string; is_there: boolean }>(
      'SELECT version, state IS NOT NULL AS is_there FROM reference_data WHERE id = $1',
      [id],
    );
  const told = (id: string, isThere: boolean) =>
    eventuallyPasses('Redis was told', async () => {
      expect(await rows(id)).toMatchObject([{ is_there: isThere }]);
      expect(await given.sql('SELECT FROM outbox')).toEqual([]);
      expect(await projection.differences()).toEqual([]);
    });

  it('is missed by nobody, and comes back with a greater version', async () => {
    const id = randomUUID();
    await given.send('directory', event('room.changed.v1', id, { title: 'A room' }));
    await told(id, true);
    await given.delete(id);
    await told(id, false);
    const [before] = await rows(id);
    const epoch = await projection.epoch();

    const leaving = leavingByRows(DEFAULT_POLICY).find(({ table }) => table === 'reference_data');
    expect(await leaving?.step(given.source, LONG_AFTER)).toMatchObject({ rows: 1 });
    expect(await rows(id)).toEqual([]);
    expect(await given.sql('SELECT FROM reference_texts WHERE id = $1', [id])).toEqual([]);
    expect(await projection.differences()).toEqual([]);

    await given.send('directory', event('room.changed.v1', id, { title: 'A room again' }));
    await told(id, true);
    const [after] = await rows(id);
    expect(Number(after?.version)).toBeGreaterThan(Number(before?.version));
    expect(await projection.epoch()).toBe(epoch);
  });
});
