import { DEFAULT_POLICY, type Leaving, MaintenancePost, allThatLeaves, createDataSource } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import type { DataSource } from 'typeorm';
import { eventually, eventuallyPasses } from '../../../test/given/eventually';
import type { Maintenance } from '../src/maintenance/maintenance';
import { fillOldRecord, rowsOfRecord } from './old-record';
import { startMaintenance } from './started-maintenance';

const NOW = Date.now();
const POLICY = {
  ...DEFAULT_POLICY,
  eventsDays: 3,
  viewersTenSecondsHours: 36,
  viewersMinutesDays: 4,
  sessionsDays: 30,
};
/** After so many steps a lease ends. */
const STEPS_OF_A_LEASE = 2;
const LEASES = 6;

/** Counts how often somebody asked for the post in vain. */
class WatchedPost extends MaintenancePost {
  refused = 0;

  override async hold(forMs: number): Promise<number | null> {
    const clock = await super.hold(forMs);
    if (clock === null) this.refused += 1;
    return clock;
  }
}

describe('two loops of maintenance on one record', () => {
  const databases: ThrowawayDatabase[] = [];
  const sources: DataSource[] = [];
  const started: Maintenance[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop()));
    await Promise.all(sources.splice(0).map((source) => source.destroy()));
    for (const database of databases.splice(0)) await database.drop();
  });

  /** As many connections to a new record as there are processes. */
  async function record(processes: number): Promise<DataSource[]> {
    const database = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
    databases.push(database);
    const names = Array.from({ length: processes }, (_, n) => `process ${n}`);
    const connected = await Promise.all(
      names.map((name) => createDataSource({ url: database.url, name }).initialize()),
    );
    sources.push(...connected);
    return connected;
  }

  function start(source: DataSource, post: string | MaintenancePost, leaving: Leaving[]): void {
    started.push(startMaintenance(source, post, leaving, { watermark: NOW }).maintenance);
  }

  const endLease = (source: DataSource) => source.query(`UPDATE maintenance_post SET held_until = clock_timestamp()`);
  const holderOf = async (source: DataSource) => (await MaintenancePost.look(source)).holder;

  /** What leaves a record, and who does it at this moment. */
  class Watched {
    readonly overlaps: string[] = [];
    readonly took = new Set<string>();
    /** Steps, one after the other, that found nothing. */
    idle = 0;
    leases = 0;
    private atWork: string | null = null;
    private steps = 0;

    /** For a process with a name; where there are two, its lease ends now and then, until the other has the post. */
    all(name: string, ofTwo: boolean): Leaving[] {
      return allThatLeaves(POLICY).map((leaving) => ({
        table: leaving.table,
        oldest: (source, now) => leaving.oldest(source, now),
        plan: (source, now) => leaving.plan(source, now),
        step: async (source, now) => {
          if (this.atWork !== null) this.overlaps.push(`${name} beside ${this.atWork}`);
          this.atWork = name;
          const step = await leaving.step(source, now);
          this.atWork = null;
          if (step.rows > 0) this.took.add(name);
          this.idle = step.more || step.did !== null ? 0 : this.idle + 1;
          this.steps += 1;
          if (ofTwo && this.steps % STEPS_OF_A_LEASE === 0 && this.leases < LEASES) await this.handOver(source, name);
          return step;
        },
      }));
    }

    async untilAllLeft(): Promise<void> {
      const tables = allThatLeaves(POLICY).length;
      await eventually('all that is old has left', async () => this.idle > tables || undefined, 240_000);
    }

    private async handOver(source: DataSource, from: string): Promise<void> {
      this.leases += 1;
      await endLease(source);
      await eventuallyPasses('the other has the post', async () =>
        expect([null, from]).not.toContain(await holderOf(source)),
      );
    }
  }

  it('work in turns, as one lease ends after the other, and what leaves is what one of them takes away', async () => {
    const [alone] = (await record(1)) as [DataSource];
    const [first, second] = (await record(2)) as [DataSource, DataSource];
    for (const source of [alone, first]) await fillOldRecord(source, NOW);
    const before = await rowsOfRecord(first);
    expect(before).toEqual(await rowsOfRecord(alone));

    const one = new Watched();
    start(alone, 'alone', one.all('alone', false));
    await one.untilAllLeft();
    const expected = await rowsOfRecord(alone);
    for (const table of [
      'sessions',
      'event_inbox',
      'viewer_buckets',
      'quarantine',
      'reference_data',
      'api_keys',
      'partitions',
    ])
      expect(expected[table]?.length).toBeLessThan(before[table]?.length ?? 0);

    const two = new Watched();
    start(first, 'first', two.all('first', true));
    start(second, 'second', two.all('second', true));
    await two.untilAllLeft();
    expect(two.overlaps).toEqual([]);
    expect(two.leases).toBe(LEASES);
    expect([...two.took].sort()).toEqual(['first', 'second']);
    expect(await rowsOfRecord(first)).toEqual(expected);
  }, 600_000);

  it('never go on after a lease that ended amid a step, until the next one', async () => {
    const [first, second] = (await record(2)) as [DataSource, DataSource];
    await fillOldRecord(first, NOW);
    const posts = { first: new WatchedPost(first, 'first'), second: new WatchedPost(second, 'second') };
    const did: string[] = [];
    let goOn: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    /** It has always more; the first process hangs in its first step. */
    const endless = (name: 'first' | 'second'): Leaving => ({
      table: 'endless',
      oldest: async () => null,
      plan: async () => [],
      step: async () => {
        did.push(name);
        if (name === 'first') await hanging;
        return { rows: 1, more: true, did: null };
      },
    });
    const stepsOf = (name: string) => did.filter((one) => one === name).length;

    start(first, posts.first, [endless('first')]);
    await eventuallyPasses('the first is in a step', async () => expect(did).toEqual(['first']));
    start(second, posts.second, [endless('second')]);
    await eventuallyPasses('the second asks for the post', async () => expect(posts.second.refused).toBeGreaterThan(2));
    expect(did).toEqual(['first']);

    await endLease(first);
    await eventuallyPasses('the second is at it', async () => expect(stepsOf('second')).toBeGreaterThan(2));
    goOn();
    await eventuallyPasses('the first finds that it has lost the post', async () =>
      expect(posts.first.refused).toBeGreaterThan(2),
    );
    expect(stepsOf('first')).toBe(1);

    await started[1]?.stop();
    await eventuallyPasses('the first goes on', async () => expect(stepsOf('first')).toBeGreaterThan(2));
  });
});
