import { Outbox, SessionStore } from '../src';
import { AskedPlans } from './asked-plans';
import { type TestDatabase, testDatabase } from './database';

/** More than is taken or merged at once. */
const ROWS = 40_000;
const MANY_MORE = 8 * ROWS;

describe('what waits to be told', () => {
  let database: TestDatabase;
  let asked: AskedPlans;
  let outbox: Outbox;

  beforeAll(async () => {
    database = await testDatabase();
    asked = await AskedPlans.connect(database.url);
    outbox = new Outbox(asked.source);
  });
  afterAll(async () => {
    await asked.source.destroy();
    await database.drop();
  });

  /** Rows of five sessions each, and for each hundred of them one that is merged. */
  async function fill(rows: number): Promise<void> {
    await database.source.query(
      `INSERT INTO outbox (id, first, since, merged, entries, sessions, counts, entities)
       SELECT id, id, now() - interval '1 hour', n % 100 = 0, 5, ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 5)), '{}', '{}'
       FROM (SELECT nextval('outbox_id') AS id, n FROM generate_series(1, $1::int) n) AS given`,
      [rows],
    );
    await database.source.query('VACUUM ANALYZE outbox');
  }

  it('is read of the outbox in parts: no more of it when there is eight times as much', async () => {
    await fill(ROWS);
    await outbox.backlog();
    await outbox.oldestId();
    await expect(outbox.tellLeftovers(() => Promise.reject(new Error('Redis is away')))).rejects.toThrow('away');
    await outbox.merge(ROWS);
    await fill(ROWS);
    const few = await asked.blocksOf('FROM outbox');
    expect([...few.keys()].filter((text) => /DELETE/.test(text))).toHaveLength(2);
    await fill(MANY_MORE);
    const many = await asked.blocksOf('FROM outbox');
    for (const [text, blocks] of few) expect({ text, blocks: many.get(text) }).toEqual({ text, blocks: near(blocks) });
  }, 300_000);

  it('is read of the fan-out in parts', async () => {
    const change = async (entities: number) => {
      await database.source.query(
        `INSERT INTO fan_out (entity, after) SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000000' FROM generate_series(1, $1::int)`,
        [entities],
      );
      await database.source.query('VACUUM ANALYZE fan_out');
    };
    const store = new SessionStore(asked.source);
    await change(ROWS / 2);
    await store.fanOut(1000);
    expect((await store.fanOutBacklog()).entities).toBe(10_000);
    const few = await asked.blocksOf('ORDER BY since');
    expect(few.size).toBe(2);
    await change(MANY_MORE / 2);
    const many = await asked.blocksOf('ORDER BY since');
    for (const [text, blocks] of few) expect({ text, blocks: many.get(text) }).toEqual({ text, blocks: near(blocks) });
  }, 300_000);

  it('is found in the outbox by its indices also where the planner does not know how much there is', async () => {
    await database.source.query('TRUNCATE outbox');
    await database.source.query('ANALYZE outbox');
    await database.source.query('ALTER TABLE outbox SET (autovacuum_enabled = false)');
    await database.source.query(
      `INSERT INTO outbox (id, first, since, entries, sessions, counts, entities)
       SELECT id, id, now() - interval '1 hour', 5, ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 5)), '{}', '{}'
       FROM (SELECT nextval('outbox_id') AS id FROM generate_series(1, $1::int)) AS given`,
      [MANY_MORE],
    );
    const pages = (await asked.blocksOf('FROM outbox')).entries();
    const [size] = (await database.source.query(
      `SELECT pg_relation_size('outbox') / current_setting('block_size')::int AS pages`,
    )) as { pages: number }[];
    // To write or lock a row is to read its block once more.
    for (const [text, blocks] of pages)
      if (!text.includes('INSERT')) expect({ text, few: blocks < Number(size?.pages) }).toEqual({ text, few: true });
  }, 300_000);
});

/** An index of more rows may have a level more. */
function near(blocks: number): unknown {
  return { asymmetricMatch: (many: number) => many <= 1.5 * blocks + 50, toString: () => `about ${blocks}` };
}
