import { randomUUID } from 'node:crypto';
import type { ProjectionChange, Position } from '#libs/contracts';
import { ProjectionReader } from '#libs/live-projection';
import { Client } from 'pg';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';
import { RECORD, rowsOf } from './rows-of-record';

const { DATABASE_URL = '', REDIS_URL = '' } = process.env;

type Held = Map<string, { version: number; json: string }>;

/** Follows the projection as gateways do, and notes where a version falls within one epoch. */
class Observer {
  readonly held: Held = new Map();
  readonly fallen: string[] = [];
  readonly epochs = new Set<number>();
  private readonly reader: ProjectionReader;

  constructor(tag: string) {
    this.reader = new ProjectionReader(
      { url: REDIS_URL, tag },
      {
        loaded: (changes, position) => {
          const before = this.epochs.has(position.epoch) ? new Map(this.held) : new Map();
          this.held.clear();
          for (const change of changes) this.take(change, before, position);
        },
        changed: (changes, position) => {
          for (const change of changes) this.take(change, this.held, position);
        },
        fresh: () => undefined,
      },
    );
    this.reader.start();
  }

  close(): Promise<void> {
    return this.reader.stop();
  }

  private take(change: ProjectionChange, before: Held, { epoch }: Position): void {
    this.epochs.add(epoch);
    const key = `${change.kind} ${change.id}`;
    if (change.kind === 'removed') return void this.held.delete(`session ${change.id}`);
    const known = before.get(key);
    const { version } = change;
    if (known && version < known.version) this.fallen.push(`${key}: ${known.version}, then ${version}`);
    this.held.set(key, { version, json: JSON.stringify(change) });
  }
}

describe('a record that was restored from an older backup', () => {
  let given: GivenLifecycle;
  let observer: Observer;
  beforeEach(async () => {
    given = await GivenLifecycle.make();
  });
  afterEach(async () => {
    await observer?.close();
    await given.close();
  });

  it.each(['stopped', 'running'])('catches up with Kafka while the service is %s, and so does Redis', async (state) => {
    const [room, other] = [randomUUID(), randomUUID()];
    const ids = Array.from({ length: 30 }, () => randomUUID());
    const began = Date.now() - 60_000;
    const at = (seconds: number) => ({ time: new Date(began + seconds * 1000).toISOString() });
    const startedIn = (id: string, n: number) =>
      event('session.started.v1', id, { title: `Session ${n}`, room_id: n % 10 === 0 ? room : other }, at(n % 20));
    const renamed = (text: string, second: number) => (id: string) =>
      event('session.updated.v1', id, { title: text }, at(second));
    const counted = (n: number, second: number) => (id: string) =>
      event('viewers.counted.v1', id, { viewer_count: n }, at(second));

    let app = await given.service();
    observer = new Observer(given.name);
    await given.send('directory', event('room.changed.v1', room, { title: 'Studio 1' }, at(0)));
    await given.send('sessions', ...ids.map(startedIn));
    await given.send('viewers', ...ids.map(counted(5, 25)));
    await given.taken();
    await backUp();

    // One by one, so that each is a version of its own: read again, many of them share a slice.
    for (const text of ['One', 'Two', 'Three']) {
      await given.send('sessions', ...ids.slice(0, 10).map(renamed(text, 30 + text.length)));
      await given.taken();
    }
    await given.send('directory', event('room.changed.v1', room, { title: 'Studio 2' }, at(40)));
    await given.send('sessions', ...ids.slice(20).map((id) => event('session.ended.v1', id, {}, at(41))));
    await given.send('viewers', ...ids.map(counted(9, 42)));
    await given.taken();

    if (state === 'stopped') await given.stop(app);
    const later = Promise.all([
      given.send('sessions', ...ids.slice(5, 15).map(renamed('After', 50))),
      given.send('sessions', event('session.started.v1', randomUUID(), { title: 'New' }, at(51))),
      given.send('viewers', ...ids.map(counted(3, 52))),
    ]);
    await restore();
    await later;
    if (state === 'stopped') app = await given.service();
    await given.taken();
    await given.toldAll();
    const restored = await rowsOf(given.source);
    const open = restored.sessions?.filter(({ status }) => status === 'live') ?? [];
    // The service looks once a second whether the record went back: not stopped before it has.
    await eventuallyPasses('observers have what the record has, in a new epoch', () => {
      const titles = [...observer.held].flatMap(([key, { json }]) =>
        key.startsWith('session ') ? [(JSON.parse(json) as { session: { title: string } }).session.title] : [],
      );
      expect(titles.sort()).toEqual(open.map(({ title }) => title as string).sort());
      expect(observer.epochs.size).toBeGreaterThan(1);
      return Promise.resolve();
    });
    expect(observer.fallen).toEqual([]);

    // The same events, into a record of its own that nothing happened to.
    await given.stop(app);
    const redisTag = `${given.name}-again`;
    await given.sql(`TRUNCATE ${RECORD.join(', ')}`);
    await given.sql('DELETE FROM outbox');
    await given.service({ REDIS_HASH_TAG: redisTag });
    await given.taken();
    expect(restored).toEqual(await rowsOf(given.source));
  });

  const backup = () => `${given.name}_backup`;

  /** A copy of the whole database: Postgres makes it of one that nobody is connected to. */
  async function backUp(): Promise<void> {
    await copied(given.name, backup());
  }

  async function restore(): Promise<void> {
    await copied(backup(), given.name);
    await given.sql('SELECT 1').catch(() => undefined);
  }

  async function copied(from: string, to: string): Promise<void> {
    const client = new Client({ connectionString: DATABASE_URL });
    await client.connect();
    try {
      await client.query(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
      // Who is connected comes back at once: nobody may, until it is copied.
      await client.query(`ALTER DATABASE ${from} WITH ALLOW_CONNECTIONS false`);
      await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [from]);
      await eventuallyPasses('it is copied', () =>
        client.query(`CREATE DATABASE ${to} TEMPLATE ${from}`).then(() => undefined),
      );
      await client.query(`ALTER DATABASE ${from} WITH ALLOW_CONNECTIONS true`);
    } finally {
      await client.end();
    }
  }
});
