import { type Leaving, MaintenancePost, createDataSource, migrate } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import type { DataSource } from 'typeorm';
import { eventuallyPasses } from '../../../test/given/eventually';
import type { Maintenance } from '../src/maintenance/maintenance';
import { type StartedMaintenance, startMaintenance } from './started-maintenance';

const DAY_MS = 86_400_000;

describe('the maintenance of the record', () => {
  let database: ThrowawayDatabase;
  let source: DataSource;
  let started: Maintenance[] = [];
  beforeEach(async () => {
    database = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
    source = await createDataSource({ url: database.url, name: 'maintenance' }).initialize();
    await migrate(source);
  });
  afterEach(async () => {
    await Promise.all(started.map((one) => one.stop()));
    started = [];
    await source.destroy();
    await database.drop();
  });

  function start(holder: string, leaving: Leaving[], options: { watermark?: number | null } = {}): StartedMaintenance {
    const one = startMaintenance(source, holder, leaving, options);
    started.push(one.maintenance);
    return one;
  }

  /** A table of which nothing leaves, but for what `step` says. */
  function given(table: string, step: (now: number) => Promise<{ rows: number; more: boolean; did: string | null }>) {
    return {
      table,
      oldest: () => Promise.resolve(7000),
      plan: () => Promise.resolve([]),
      step: (_source: DataSource, now: number) => step(now),
    } satisfies Leaving;
  }
  const nothing = { rows: 0, more: false, did: null };

  it('makes partitions that are missing, in whichever process looks first, and the log says so', async () => {
    const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
    const missing = ['event_inbox', 'session_log', 'viewer_buckets'].map((table) => `${table}_${tomorrow}`);
    await source.query(`DROP TABLE ${missing.join(', ')}`);
    await new MaintenancePost(source, 'another').hold(60_000);
    const { told } = start('this', []);
    await eventuallyPasses('they are made', () => {
      expect(told).toEqual([[{ made: missing }, 'partitions were made']]);
      return Promise.resolve();
    });
  });

  it('goes by the time up to which all is recorded, and takes nothing away while that is not known', async () => {
    const times: number[] = [];
    const one = given('t', (now) => (times.push(now), Promise.resolve(nothing)));
    const unknown = start('this', [one], { watermark: null });
    await eventuallyPasses('it holds the post', async () =>
      expect(await MaintenancePost.look(source)).toMatchObject({ holder: 'this' }),
    );
    await unknown.maintenance.stop();
    expect(times).toEqual([]);
    const monthAgo = Date.now() - 30 * DAY_MS;
    start('that', [one], { watermark: monthAgo });
    await eventuallyPasses('it takes away', async () =>
      expect(await MaintenancePost.look(source)).toMatchObject({ watermark: monthAgo }),
    );
    await eventuallyPasses('by that time', () => (expect(times[0]).toBe(monthAgo), Promise.resolve()));
  });

  it('is done by one of several processes, and by the other once that stops', async () => {
    const by: string[] = [];
    const noting = (who: string) => given('t', () => (by.push(who), Promise.resolve(nothing)));
    const first = start('first', [noting('first')]);
    await eventuallyPasses('the first does it', () => (expect(by).toContain('first'), Promise.resolve()));
    start('second', [noting('second')]);
    const seen = by.length;
    await eventuallyPasses('it goes on', () => (expect(by.length).toBeGreaterThan(seen + 3), Promise.resolve()));
    expect(by).not.toContain('second');
    await first.maintenance.stop();
    await eventuallyPasses('the second does it', () => (expect(by).toContain('second'), Promise.resolve()));
  });

  it('goes on with the other tables when one fails, says so once, and in its metrics', async () => {
    let isBroken = true;
    const broken = given('broken', () => (isBroken ? Promise.reject(new Error('no')) : Promise.resolve(nothing)));
    let left = 0;
    const other = given('other', () =>
      Promise.resolve({ rows: 3, more: false, did: left++ === 0 ? 'dropped it' : null }),
    );
    const { told, registry } = start('this', [broken, other]);
    await eventuallyPasses('the other has its turns', () => (expect(left).toBeGreaterThan(3), Promise.resolve()));
    expect(told).toEqual([
      [expect.objectContaining({ table: 'broken' }), 'what is old cannot leave a table; it is tried again'],
      [{ table: 'other', rows: 3, did: 'dropped it' }, 'what was old left a table'],
    ]);
    const metrics = await registry.metrics();
    expect(metrics).toContain('marquee_maintenance_failing{table="broken"} 1');
    expect(metrics).toContain('marquee_oldest_row_seconds{table="other"} 7');
    expect(metrics).toMatch(/marquee_left_rows_total\{table="other"\} \d+/);
    isBroken = false;
    await eventuallyPasses('it works again', () => {
      expect(told.at(-1)).toEqual([{ table: 'broken' }, 'what is old leaves the table again']);
      return Promise.resolve();
    });
  });

  it('stops after the step at hand, however much is left', async () => {
    let steps = 0;
    const endless = given('endless', () => (steps++, Promise.resolve({ rows: 1, more: true, did: null })));
    const { maintenance } = start('this', [endless]);
    await eventuallyPasses('it is at it', () => (expect(steps).toBeGreaterThan(2), Promise.resolve()));
    await maintenance.stop();
    const stopped = steps;
    expect(await MaintenancePost.look(source)).toMatchObject({ holder: null });
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toBe(stopped);
  });
});
