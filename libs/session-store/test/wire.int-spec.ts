import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { QueryRunner } from 'typeorm';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { createDataSource, failureKind } from '../src';
import { type Columns, names, unnest } from '../src/columns';
import { binaryArray } from '../src/wire/binary-array';
import { EPOCH_MS, EPOCH_US } from '../src/wire/column-type';
import { copyInto } from '../src/wire/copy-into';
import { type TestDatabase, testDatabase } from './database';

interface Row {
  n: number;
  id: string | null;
  words: string | null;
  bytes: Uint8Array | null;
  small: number | null;
  large: number | string | bigint | null;
  yes: boolean | null;
  day: number | null;
  digits: string | null;
  json: string | null;
  ms: number | null;
  us: number | null;
}

const COLUMNS: Columns<Row> = [
  ['n', 'integer'],
  ['id', 'uuid'],
  ['words', 'text'],
  ['bytes', 'bytea'],
  ['small', 'integer'],
  ['large', 'bigint'],
  ['yes', 'boolean'],
  ['day', 'date'],
  ['digits', 'numeric'],
  ['json', 'jsonb'],
  ['ms', EPOCH_MS],
  ['us', EPOCH_US],
];
const TABLE = `CREATE TABLE edges (n integer, id uuid, words text, bytes bytea, small integer, large bigint, yes boolean,
  day date, digits numeric, json jsonb, ms timestamptz, us timestamptz)`;

const EMPTY: Omit<Row, 'n'> = {
  id: null,
  words: null,
  bytes: null,
  small: null,
  large: null,
  yes: null,
  day: null,
  digits: null,
  json: null,
  ms: null,
  us: null,
};
const NOON = Date.UTC(2026, 10, 28, 12);
const YEAR_1 = Date.parse('0001-01-01T00:00:00Z');
const YEAR_9999 = Date.parse('9999-12-31T23:59:59.999Z');
const NINES = '9'.repeat(64);

/** What is given, and how Postgres prints it. */
const EDGES: [Partial<Row>, Record<string, unknown>][] = [
  [{}, {}],
  [{ id: '00000000-0000-0000-0000-000000000000' }, { id: '00000000-0000-0000-0000-000000000000' }],
  [{ id: 'FFFFFFFF-ffff-FFFF-ffff-ffffffffffff' }, { id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }],
  [{ id: '0123456789abcdef0123456789abcdef' }, { id: '01234567-89ab-cdef-0123-456789abcdef' }],
  [{ words: '' }, { words: '' }],
  [{ words: 'a\t\n\\"\'\u0001äß漢🦊\uffff' }, { words: 'a\t\n\\"\'\u0001äß漢🦊\uffff' }],
  [{ words: 'half \ud83e' }, { words: 'half \ufffd' }],
  [{ words: '漢'.repeat(100_000) }, { words: '漢'.repeat(100_000) }],
  [{ bytes: new Uint8Array() }, { bytes: '\\x' }],
  [{ bytes: Uint8Array.of(0, 1, 255, 92) }, { bytes: '\\x0001ff5c' }],
  [{ small: 2 ** 31 - 1 }, { small: '2147483647' }],
  [{ small: -(2 ** 31) }, { small: '-2147483648' }],
  [{ large: 0 }, { large: '0' }],
  [{ large: -1 }, { large: '-1' }],
  [{ large: Number.MAX_SAFE_INTEGER }, { large: '9007199254740991' }],
  [{ large: Number.MIN_SAFE_INTEGER }, { large: '-9007199254740991' }],
  [{ large: '9223372036854775807' }, { large: '9223372036854775807' }],
  [{ large: -(2n ** 63n) }, { large: '-9223372036854775808' }],
  [{ yes: true }, { yes: 'true' }],
  [{ yes: false }, { yes: 'false' }],
  [{ day: NOON }, { day: '2026-11-28' }],
  [{ day: Date.UTC(1999, 11, 31, 23, 59, 59, 999) }, { day: '1999-12-31' }],
  [{ day: YEAR_1 }, { day: '0001-01-01' }],
  [{ day: YEAR_9999 }, { day: '9999-12-31' }],
  [{ day: Infinity }, { day: 'infinity' }],
  [{ day: -Infinity }, { day: '-infinity' }],
  [{ digits: '0' }, { digits: '0' }],
  [{ digits: '-1' }, { digits: '-1' }],
  [{ digits: '10000' }, { digits: '10000' }],
  [{ digits: '100010000' }, { digits: '100010000' }],
  [{ digits: '00012345678' }, { digits: '12345678' }],
  [{ digits: NINES }, { digits: NINES }],
  [{ digits: `-${NINES}` }, { digits: `-${NINES}` }],
  [{ digits: `1${'0'.repeat(63)}` }, { digits: `1${'0'.repeat(63)}` }],
  [{ digits: '-0' }, { digits: '0' }],
  [{ json: '{"a":[1,null,"\\u00e4"]}' }, { json: '{"a": [1, null, "ä"]}' }],
  [{ json: 'null' }, { json: 'null' }],
  [{ ms: NOON + 1 }, { ms: '2026-11-28 12:00:00.001+00' }],
  [{ ms: -1 }, { ms: '1969-12-31 23:59:59.999+00' }],
  [{ ms: YEAR_1 }, { ms: '0001-01-01 00:00:00+00' }],
  [{ ms: YEAR_9999 }, { ms: '9999-12-31 23:59:59.999+00' }],
  [{ ms: Date.UTC(10_000, 0, 1) }, { ms: '10000-01-01 00:00:00+00' }],
  [{ ms: NOON + 0.5 }, { ms: '2026-11-28 12:00:00.0005+00' }],
  [{ ms: Infinity }, { ms: 'infinity' }],
  [{ ms: -Infinity }, { ms: '-infinity' }],
  [{ us: NOON * 1000 + 1 }, { us: '2026-11-28 12:00:00.000001+00' }],
  [{ us: NOON * 1000 + 999_999 }, { us: '2026-11-28 12:00:00.999999+00' }],
  [{ us: -1 }, { us: '1969-12-31 23:59:59.999999+00' }],
  [{ us: Number.MAX_SAFE_INTEGER }, { us: '2255-06-05 23:47:34.740991+00' }],
  [{ us: YEAR_1 * 1000 }, { us: '0001-01-01 00:00:00+00' }],
  [{ us: Date.UTC(9999, 0, 1) * 1000 }, { us: '9999-01-01 00:00:00+00' }],
  [{ us: Infinity }, { us: 'infinity' }],
  [{ us: -Infinity }, { us: '-infinity' }],
];
const ROWS = EDGES.map(([row], n) => ({ ...EMPTY, ...row, n }));
const PRINTED = EDGES.map(([, printed], n) => ({ ...EMPTY, ...printed, n }));

describe('values on the wire', () => {
  let database: TestDatabase;
  let runner: QueryRunner;
  beforeAll(async () => {
    database = await testDatabase({ migrated: false });
    runner = database.source.createQueryRunner();
    await runner.query(TABLE);
    await runner.query(`SET TimeZone = 'UTC'`);
  });
  beforeEach(() => runner.query('TRUNCATE edges'));
  afterAll(async () => {
    await runner.release();
    await database.drop();
  });

  const insert = async (rows: readonly Row[]) => {
    const { from, values } = unnest(COLUMNS, rows);
    await runner.query(`INSERT INTO edges (${names(COLUMNS)}) SELECT * FROM ${from}`, values);
  };
  const copy = (rows: readonly Row[]) => copyInto(runner, 'edges', COLUMNS, rows);
  const printed = () =>
    runner.query(
      `SELECT n, ${COLUMNS.slice(1)
        .map(([name]) => `${name}::text AS ${name}`)
        .join(', ')} FROM edges ORDER BY n`,
    );
  const count = async () => ((await runner.query('SELECT count(*)::int AS n FROM edges')) as [{ n: number }])[0].n;

  it.each([
    ['COPY', copy],
    ['arrays', insert],
  ])('at the edges of their types come as they were given: %s', async (_, write) => {
    await write(ROWS);
    expect(await printed()).toEqual(PRINTED);
  });

  it.each([
    ['COPY', copy],
    ['arrays', insert],
  ])('no rows at all: %s', async (_, write) => {
    await write([]);
    expect(await count()).toBe(0);
  });

  it('an array alone is a parameter too, also an empty one', async () => {
    const ids = ['00000000-0000-0000-0000-000000000001', null];
    expect(await runner.query(`SELECT unnest($1::uuid[]) AS id`, [binaryArray('uuid', ids)])).toEqual(
      ids.map((id) => ({ id })),
    );
    expect(await runner.query(`SELECT $1::text[] AS none`, [binaryArray('text', [])])).toEqual([{ none: [] }]);
  });

  it('whatever text, bytes, integers and times there are', async () => {
    const rows = fc.array(
      fc.record({
        words: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\u0000', '')),
        bytes: fc.uint8Array({ maxLength: 300 }),
        large: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        digits: fc.bigInt(-(10n ** 64n), 10n ** 64n).map(String),
        us: fc.integer({ min: -9_000_000_000_000_000, max: Number.MAX_SAFE_INTEGER }),
        ms: fc.integer({ min: YEAR_1, max: YEAR_9999 }),
      }),
      { minLength: 20, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (some) => {
        await runner.query('TRUNCATE edges');
        const written = some.map((one, n) => ({ ...EMPTY, ...one, n }));
        await copy(written);
        await insert(written);
        const read = (await runner.query(
          `SELECT words, bytes, large, digits, (extract(epoch FROM us) * 1000000)::bigint AS us,
             (extract(epoch FROM ms) * 1000)::bigint AS ms FROM edges ORDER BY n`,
        )) as object[];
        const twice = some.flatMap((one) => [one, one]);
        expect(read).toEqual(
          twice.map(({ words, bytes, large, digits, us, ms }) => ({
            words: words.toWellFormed(),
            bytes: Buffer.from(bytes),
            large: String(large),
            digits,
            us: String(us),
            ms: String(ms),
          })),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('100 000 rows, more than fit into one piece', async () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => ({ ...EMPTY, n, words: `row ${n}`, us: n }));
    await copy(rows);
    await insert(rows);
    const sums = await runner.query(
      `SELECT count(*)::int AS rows, count(DISTINCT words)::int AS words, sum(n)::text AS sum FROM edges`,
    );
    expect(sums).toEqual([{ rows: 200_000, words: 100_000, sum: String(99_999 * 100_000) }]);
  });

  it.each<[string, Partial<Row>]>([
    ['a text that is no UUID', { id: '00000000-0000-0000-0000-00000000000' }],
    ['one with a letter too many', { id: '00000000-0000-0000-0000-0000000000000' }],
    ['one with another letter', { id: 'g0000000-0000-0000-0000-000000000000' }],
    ['half an integer', { small: 0.5 }],
    ['an integer beyond its range', { small: 2 ** 31 }],
    ['a fraction as bigint', { large: 0.5 }],
    ['a time that is none', { us: NaN }],
    ['a numeric that is none', { digits: '1e3' }],
  ])('%s is refused before anything is sent', async (_, wrong) => {
    const rows = [
      { ...EMPTY, n: 0 },
      { ...EMPTY, ...wrong, n: 1 },
    ];
    await expect(copy(rows)).rejects.toThrow();
    await expect(insert(rows)).rejects.toThrow();
    expect(await count()).toBe(0);
  });

  it('what Postgres refuses in the middle of a COPY leaves the connection usable, behind a savepoint', async () => {
    await runner.query('CREATE UNIQUE INDEX one ON edges (n)');
    // Far more than lies between the driver and the server at once, so that much is left when the error comes.
    const rows = Array.from({ length: 2000 }, (_, n) => ({ ...EMPTY, n: n === 5 ? 4 : n, bytes: randomBytes(10_000) }));
    await runner.query('BEGIN');
    await copy([{ ...EMPTY, n: -1 }]);
    for (let times = 0; times < 3; times += 1) {
      await runner.query('SAVEPOINT before');
      await expect(copy(rows)).rejects.toMatchObject({ code: '23505', name: 'QueryFailedError' });
      await runner.query('ROLLBACK TO SAVEPOINT before');
    }
    await expect(copyInto(runner, 'nowhere', COLUMNS, rows)).rejects.toMatchObject({ code: '42P01' });
    await runner.query('ROLLBACK TO SAVEPOINT before');
    await copy([{ ...EMPTY, n: 7, words: 'behind it' }]);
    await runner.query('COMMIT');
    expect(await count()).toBe(2);
    await runner.query('DROP INDEX one');
  });

  it('a connection that is killed while it waits in a COPY rejects it as an outage', async () => {
    const [holder, victim] = [database.source.createQueryRunner(), database.source.createQueryRunner()];
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE edges IN ACCESS EXCLUSIVE MODE');
    const [{ pid }] = (await victim.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
    await victim.query('BEGIN');
    const rows = Array.from({ length: 500 }, (_, n) => ({ ...EMPTY, n, bytes: randomBytes(10_000) }));
    const copying = copyInto(victim, 'edges', COLUMNS, rows).catch((error: unknown) => error);
    for (let waits = false; !waits;) {
      const found = await runner.query(`SELECT FROM pg_locks WHERE pid = $1 AND NOT granted`, [pid]);
      waits = (found as unknown[]).length > 0;
    }
    await runner.query('SELECT pg_terminate_backend($1)', [pid]);
    expect(failureKind(await copying)).toBe('away');
    await victim.release();
    await holder.query('ROLLBACK');
    await holder.release();
    expect(await count()).toBe(0);
  });
});

it('a COPY that gets no answer is given up, and its connection with it', async () => {
  const proxy = await FaultProxy.listen();
  const database = await testDatabase({ migrated: false });
  const { url, source: direct } = database;
  proxy.leadTo(new URL(url).host);
  const source = createDataSource({ url: proxy.through(url), name: 'copying', poolSize: 1, answerWithinMs: 1500 });
  await source.initialize();
  try {
    await direct.query(TABLE);
    const runner = source.createQueryRunner();
    await runner.query('BEGIN');
    const swallowed = proxy.trap({ on: (chunk) => chunk.includes('COPY edges'), fault: 'hole', forward: true });
    const copying = copyInto(runner, 'edges', COLUMNS, [{ ...EMPTY, n: 1 }]);
    const refused = copying.catch((error: unknown) => error);
    await swallowed;
    expect(await refused).toMatchObject({ message: 'Query read timeout' });
    await runner.release();
    expect(await source.query('SELECT 43 AS it')).toEqual([{ it: 43 }]);
  } finally {
    await source.destroy();
    await proxy.close();
    await database.drop();
  }
});
