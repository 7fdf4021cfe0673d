import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import type { Slice } from '#libs/event-log';
import {
  DatabaseAway,
  IngestProgress,
  ProgressBroken,
  SessionStore,
  TopicPauses,
  ValidSources,
  createDataSource,
  migrate,
} from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { event } from '../../../test/given/producer';
import { ClockMetrics } from '../src/ingest/clock-metrics';
import { IngestMetrics } from '../src/ingest/ingest-metrics';
import { type IngestOptions, ingestSlice } from '../src/ingest/ingest-slice';
import { ingestTogether } from '../src/ingest/ingest-together';
import { PausedTopics } from '../src/ingest/paused-topics';
import { TopicNames } from '../src/kafka/topic-names';
import { Portion } from '../src/portion';

const SESSIONS = 'marquee.sessions';
const VIEWERS = 'marquee.viewers';
const PARTITIONS = [0, 1, 2];
const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };

function sliceOf(topic: string, from: number, events: object[], partition = 0): Slice {
  const records = events.map((one, index) => ({
    key: Buffer.from((one as { subject?: string }).subject ?? ''),
    value: Buffer.from(JSON.stringify(one)),
    headers: {},
    timestamp: Date.now(),
    offset: String(from + index),
  }));
  return { topic, partition, records, fromOffset: String(from), nextOffset: String(from + events.length) };
}

/** Counts of sessions in a partition, from an offset on. */
function slice(partition: number, from: number, ids: readonly string[]): Slice {
  const counts = ids.map((id) => event('viewers.counted.v1', id, { viewer_count: 5 }));
  return sliceOf(VIEWERS, from, counts, partition);
}

describe('slices of several partitions', () => {
  let database: ThrowawayDatabase;
  let source: DataSource;
  let store: SessionStore;
  let portion: Portion;
  let projected: ProjectionChange[];
  beforeAll(async () => {
    database = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
    source = await createDataSource({ url: database.url, name: 'test' }).initialize();
    await migrate(source);
    store = new SessionStore(source);
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    await source.query('TRUNCATE ingest_progress, session_counts, viewer_buckets, quarantine');
    const progress = new IngestProgress(source);
    for (const partition of PARTITIONS) await progress.begin(VIEWERS, partition, '0');
    await progress.begin(SESSIONS, 0, '0');
    portion = new Portion(1000);
    projected = [];
  });

  const options = (): IngestOptions => {
    const registry = new Registry();
    const metrics = new IngestMetrics(registry);
    const config = { QUARANTINE_STORM_RECORDS: 20 };
    const names = new TopicNames({ KAFKA_TOPIC_PREFIX: 'marquee' });
    const pausedTopics = new PausedTopics(
      config,
      names,
      new TopicPauses(source),
      new ValidSources(source),
      metrics,
      log as never,
    );
    return {
      store,
      pausedTopics,
      metrics,
      clocks: new ClockMetrics(registry),
      horizonMs: Infinity,
      portion,
      log,
      teller: { tell: async ({ changes }) => void projected.push(...changes) },
    };
  };
  const together = (...slices: Slice[]) => ingestTogether(slices, options());
  const sql = <R>(text: string): Promise<R[]> => source.query(text);
  const progress = async () =>
    (
      await sql<{ next_offset: string }>(
        `SELECT next_offset FROM ingest_progress WHERE topic = '${VIEWERS}' ORDER BY partition`,
      )
    ).map(({ next_offset: next }) => Number(next));
  const counted = async () =>
    (await sql<{ session_id: string }>('SELECT session_id FROM session_counts')).map(({ session_id: id }) => id).sort();

  /** Lets Postgres refuse the counts of sessions, with a code. */
  async function refuse(condition: string, code: string): Promise<() => Promise<unknown>> {
    await source.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF ${condition} THEN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END IF;
         RETURN NULL; END $$`,
    );
    await source.query(
      `CREATE TRIGGER refuse AFTER INSERT ON session_counts REFERENCING NEW TABLE AS written
       FOR EACH STATEMENT EXECUTE FUNCTION refuse()`,
    );
    return () => source.query('DROP FUNCTION refuse CASCADE');
  }

  it('are one transaction, with the progress of each', async () => {
    const ids = [0, 1, 2, 3].map(() => randomUUID()).sort();
    const [a = '', b = '', c = '', d = ''] = ids;
    expect(await together(slice(0, 0, [a, b]), slice(1, 0, [c]), slice(2, 0, [d]))).toEqual([
      { status: 'fulfilled', value: '2' },
      { status: 'fulfilled', value: '1' },
      { status: 'fulfilled', value: '1' },
    ]);
    expect(await counted()).toEqual(ids);
    expect(await progress()).toEqual([2, 1, 1]);
    const writers = `SELECT xmin FROM session_counts UNION SELECT xmin FROM viewer_buckets UNION SELECT xmin FROM ingest_progress WHERE topic = '${VIEWERS}'`;
    expect(await sql(writers)).toHaveLength(1);
  });

  it('that do not join on to the record hold up no other', async () => {
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    const outcomes = await together(slice(0, 0, [a]), slice(1, 7, [b]), slice(2, 0, [c]));
    expect(outcomes).toMatchObject([{ value: '1' }, { reason: expect.any(ProgressBroken) as unknown }, { value: '1' }]);
    expect(await counted()).toEqual([a, c].sort());
    expect(await progress()).toEqual([1, 0, 1]);
  });

  it('with one message that cannot be taken lose nothing else', async () => {
    const [a, odd, c] = [randomUUID(), randomUUID(), randomUUID()];
    const heal = await refuse(`EXISTS (SELECT FROM written WHERE session_id = '${odd}')`, 'P0001');
    const outcomes = await together(slice(0, 0, [a, odd]), slice(1, 0, [c]));
    expect(outcomes).toMatchObject([{ value: '2' }, { value: '1' }]);
    expect(await counted()).toEqual([a, c].sort());
    expect(await progress()).toEqual([2, 1, 0]);
    expect(await sql('SELECT reason, partition FROM quarantine')).toEqual([{ reason: 'bug', partition: 0 }]);
    await heal();
  });

  it('that are too much at once come again, each alone', async () => {
    const ids = [0, 1, 2].map(() => randomUUID()).sort();
    const heal = await refuse('(SELECT count(*) FROM written) > 2', '57014');
    const slices = PARTITIONS.map((partition) => slice(partition, 0, [ids[partition] ?? '']));
    expect(await together(...slices)).toMatchObject([{ value: '0' }, { value: '0' }, { value: '0' }]);
    expect(portion.isWhole(Date.now())).toBe(false);
    expect(await counted()).toEqual([]);
    for (const each of slices) expect(await together(each)).toMatchObject([{ value: '1' }]);
    expect(await counted()).toEqual(ids);
    await heal();
  });

  it('park together when Postgres takes no writes', async () => {
    const heal = await refuse('true', '53100');
    const outcomes = await together(slice(0, 0, [randomUUID()]), slice(1, 0, [randomUUID()]));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    for (const outcome of outcomes) expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(DatabaseAway);
    expect(await progress()).toEqual([0, 0, 0]);
    await heal();
  });

  it('are projected for open sessions, whether or not they changed anything', async () => {
    const [open, unknown] = [randomUUID(), randomUUID()];
    await ingestSlice('sessions', sliceOf(SESSIONS, 0, [event('session.started.v1', open, {})]), options());
    const slices = [slice(0, 0, [open]), slice(1, 0, [unknown])];
    await together(...slices);
    await together(...slices);
    expect(projected).toMatchObject([
      { kind: 'session', id: open },
      { kind: 'counts', id: open, version: 1, session_version: 1, counts: { viewer_count: 5 } },
      { kind: 'counts', id: open, version: 1, session_version: 1, counts: { viewer_count: 5 } },
    ]);
  });
});
