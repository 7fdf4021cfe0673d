import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Redis from 'ioredis';
import { eventuallyPasses } from '../../../test/given/eventually';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const { REDIS_URL = '' } = process.env;
const SESSIONS = 2500;
const PRESET = JSON.parse(
  readFileSync(join(__dirname, '../../../test/golden/events/preset.changed.v1.full.json'), 'utf8'),
) as { data: object };

describe('a preset that thousands of sessions show', () => {
  let given: GivenLifecycle;
  const redis = new Redis(REDIS_URL, { lazyConnect: true });
  beforeAll(async () => {
    given = await GivenLifecycle.make();
  });
  afterAll(async () => {
    await given.close();
    redis.disconnect();
  });

  async function shownByMany(preset: string): Promise<void> {
    await given.sql(
      `WITH made AS (
         INSERT INTO sessions (id, version, preset_id, status, title, created_at, updated_at, listed, deleted)
       SELECT gen_random_uuid(), 1, $1, 'scheduled', 'Planned', now(), now(), true, false
       FROM generate_series(1, $2)
         RETURNING id, version, room_id)
       INSERT INTO session_folds SELECT id, version, room_id, '', '{"t":[]}' FROM made`,
      [preset, SESSIONS],
    );
  }

  async function expectAllTold(preset: string): Promise<void> {
    await eventuallyPasses('each has its next version, in the record and in the projection', async () => {
      const rows = await given.sql<{ id: string; version: string }>(
        'SELECT id, version FROM sessions WHERE preset_id = $1',
        [preset],
      );
      expect(new Set(rows.map(({ version }) => version))).toEqual(new Set(['2']));
      const epoch = await redis.hget(`{${given.name}}:meta`, 'epoch');
      const projected = await redis.hmget(`{${given.name}}:${epoch}:sessions`, ...rows.map(({ id }) => id));
      expect(projected.filter((one) => one?.includes('"version":2'))).toHaveLength(SESSIONS);
    });
    await eventuallyPasses('nothing is left', async () => {
      expect(await given.sql('SELECT FROM fan_out')).toEqual([]);
      expect(await given.sql('SELECT FROM outbox')).toEqual([]);
    });
  }

  it('changes, and each of them is told, in the record and in the projection', async () => {
    const app = await given.service();
    const preset = randomUUID();
    await shownByMany(preset);
    await given.send('directory', event('preset.changed.v1', preset, { ...PRESET.data, id: preset }));
    await expectAllTold(preset);
    await eventuallyPasses('the metrics say so', async () =>
      expect(await metricsOf(app)).toMatch(/^marquee_fan_out_entities 0$/m),
    );
    await given.stop(app);
  });

  it('is told on by the next process where one has ended on the way', async () => {
    const preset = randomUUID();
    await shownByMany(preset);
    await given.sql(
      `UPDATE sessions SET version = 2 WHERE id IN (SELECT id FROM sessions WHERE preset_id = $1 ORDER BY id LIMIT 1000)`,
      [preset],
    );
    await given.sql(
      `INSERT INTO fan_out (entity, after) SELECT $1, max(id::text)::uuid FROM sessions WHERE preset_id = $1 AND version = 2`,
      [preset],
    );
    await given.sql(
      `INSERT INTO outbox (id, first, entries, sessions, counts, entities)
       SELECT nextval('outbox_id'), lastval(), count(*), array_agg(id), '{}', '{}' FROM sessions WHERE preset_id = $1 AND version = 2`,
      [preset],
    );
    await given.service();
    await expectAllTold(preset);
  });
});
