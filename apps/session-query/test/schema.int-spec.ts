import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from '../../../test/given/eventually';
import { readinessOf } from '../../../test/given/operations';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

describe('a schema of another version', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  beforeEach(async () => {
    platform = await GivenPlatform.make();
  });
  afterEach(async () => {
    await query?.close();
    await platform.close();
  });

  const ended = async (title: string): Promise<string> => {
    const [id, at] = [randomUUID(), Date.now()];
    await platform.sessions(
      event('session.started.v1', id, { title }, at - 2000),
      event('session.ended.v1', id, {}, at),
    );
    return id;
  };
  const past = () => query.ask('/sessions?status=ended&q=evening');

  it('that is older is waited for: what the record has is unavailable, and readiness says what to do', async () => {
    const id = await ended('Evening');
    await platform.sql(`UPDATE migrations SET name = 'Not' || name`);
    query = await GivenQuery.on(platform);
    const { text } = await readinessOf(query.app);
    expect(text).toMatch(/the schema is at \d{13}, this build needs .*run `npm run migrate`/);
    expect(await past()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await eventuallyPasses('the live list is there', async () =>
      expect((await query.ask('/sessions/live')).status).toBe(200),
    );

    await platform.sql(`UPDATE migrations SET name = substr(name, 4)`);
    await eventuallyPasses('it answers', async () =>
      expect((await past()).body.data?.sessions).toEqual([expect.objectContaining({ id })]),
    );
  });

  it('that is newer is read, beside a writer of the newer version', async () => {
    // What a newer build may do to tables that this one reads: widen them, and write what this one does not know.
    for (const statement of [
      `ALTER TABLE sessions ADD COLUMN mood text NOT NULL DEFAULT 'calm'`,
      `ALTER TABLE session_counts ADD COLUMN watchers bigint`,
      `ALTER TABLE session_texts ADD COLUMN language text`,
      `CREATE TABLE moods (session_id uuid PRIMARY KEY, mood text)`,
      `CREATE INDEX sessions_of_mood ON sessions (mood, id) WHERE listed`,
      `INSERT INTO migrations (timestamp, name, compatible_from) VALUES (1999000000000, 'Moods1999000000000', 1999000000000)`,
    ]) {
      await platform.sql(statement);
    }
    query = await GivenQuery.on(platform);
    await eventuallyPasses('it is ready', async () => expect((await query.ask('/health/ready')).status).toBe(200));
    const id = await ended('An evening of moods');
    await platform.sql(`UPDATE sessions SET mood = 'wild' WHERE id = $1`, [id]);
    expect((await past()).body.data?.sessions).toEqual([expect.objectContaining({ id, status: 'ended' })]);
    expect((await query.ask(`/sessions/${id}`)).status).toBe(200);
    expect((await query.ask(`/sessions/${id}/viewers`)).status).toBe(200);
    expect((await query.ask('/sessions/stats')).body.data).toMatchObject({ ended: 1 });
  });
});
