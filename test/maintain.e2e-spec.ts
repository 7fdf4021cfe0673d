import { randomUUID } from 'node:crypto';
import { MaintenancePost, createDataSource, migrate } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import type { DataSource } from 'typeorm';
import { type Ended, runTool } from './given/run-tool';

const DAY_MS = 86_400_000;

describe('npm run maintain', () => {
  let database: ThrowawayDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
    source = await createDataSource({ url: database.url, name: 'given' }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  function maintain(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    const policy = { EVENTS_KEEP_DAYS: '5', EVENT_HORIZON_DAYS: '2' };
    return runTool('maintain', args, { DATABASE_URL: database.url, ...policy, ...env });
  }

  it('says how it is called, and what is wrong with a call', async () => {
    expect(await maintain([])).toMatchObject({ code: 0, out: expect.stringContaining('--dry-run') as string });
    expect(await maintain(['--dry-run', '--now'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('exclude each other') as string,
    });
    expect(await maintain(['--now'], { EVENTS_KEEP_DAYS: 'some', UNLISTED_KEEP_DAYS: '1' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('EVENTS_KEEP_DAYS: must be more than 0') as string,
    });
  });

  it('says what to do while the schema, or how old something is, is not there', async () => {
    expect(await maintain(['--dry-run'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('the schema is empty, this build needs') as string,
    });
    await migrate(source);
    expect(await maintain(['--now'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('let session-lifecycle run') as string,
    });
  });

  it('shows what would leave, then takes it away, unless somebody else is at it or holds a lock', async () => {
    const day = new Date(Date.now() - 7 * DAY_MS).toISOString().slice(0, 10);
    const name = `event_inbox_${day.replaceAll('-', '')}`;
    await source.query('INSERT INTO event_inbox (identity, content, day) VALUES ($1, $1, $2)', [randomUUID(), day]);
    const service = new MaintenancePost(source, 'the service');
    await service.hold(600_000);
    await service.note(Date.now());
    const rows = () => source.query('SELECT FROM event_inbox');

    const shown = await maintain(['--dry-run']);
    expect(shown.out).toMatch(new RegExp(`event_inbox +7 d \\d+ h +1 +drop partition ${name}\n`));
    expect(shown.out).toMatch(/viewer_minutes +empty +0 +/);
    expect(await rows()).toHaveLength(1);

    const kept = await maintain(['--now']);
    expect(kept).toMatchObject({ code: 1, err: expect.stringContaining('the service is taking away') as string });
    await service.leave();

    const dump = source.createQueryRunner();
    await dump.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await dump.query('SELECT FROM event_inbox');
    const hindered = await maintain(['--now']);
    expect(hindered.code).toBe(1);
    expect(hindered.out).toMatch(/event_inbox: failed: somebody holds a lock on it/);
    expect(hindered.out).toContain('session_log: done');
    await dump.query('ROLLBACK');
    await dump.release();

    const done = await maintain(['--now', '--json']);
    expect(done).toMatchObject({ code: 0, err: '' });
    const lines = done.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { table: string; did: string });
    expect(lines).toContainEqual({ table: 'event_inbox', rows: expect.any(Number), did: `dropped partition ${name}` });
    expect(await rows()).toHaveLength(0);
    expect(await MaintenancePost.look(source)).toMatchObject({ holder: null });
    expect((await maintain(['--dry-run'])).out).not.toContain('drop partition');
  });
});
