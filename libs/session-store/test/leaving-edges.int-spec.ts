import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICY, type Leaving, leavingByRows } from '../src';
import { type TestDatabase, testDatabase } from './database';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 24, 12);
const [QUARANTINE_DAYS, DELETED_DAYS] = [90, 400];

/** By name: the time of a row, where $1 is the time before which rows leave. */
const AGES = {
  older: `$1::timestamptz - interval '1 microsecond'`,
  exactly: '$1::timestamptz',
  younger: `$1::timestamptz + interval '1 microsecond'`,
};
/** Of rows that stay whatever their age. */
const LONG_AGO = `$1::timestamptz - interval '10 years'`;

describe('rows that leave at an age', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  /** Runs a statement with the time before which what is kept for so many days leaves. */
  async function sql<R>(text: string, days: number): Promise<R[]> {
    return (await database.source.query(text, [new Date(NOW - days * DAY_MS)])) as R[];
  }

  async function namesIn(table: string, name: string): Promise<string[]> {
    const rows = (await database.source.query(`SELECT ${name} AS name FROM ${table} ORDER BY 1`)) as { name: string }[];
    return rows.map((row) => row.name);
  }

  function leavingOf(table: string): Leaving {
    const policy = { ...DEFAULT_POLICY, quarantineDays: QUARANTINE_DAYS, deletedDays: DELETED_DAYS };
    const found = leavingByRows(policy).find((one) => one.table === table);
    if (!found) throw new Error(`nothing leaves ${table}`);
    return found;
  }

  /** Of rows of all AGES, and of `staying`, which is of LONG_AGO: takes away what is old by now, and a millisecond later. */
  async function expectEdges(table: string, name: string, days: number, staying: string[]): Promise<void> {
    const leaving = leavingOf(table);
    const { source } = database;
    const before = new Date(NOW - days * DAY_MS).toISOString();
    expect(await leaving.plan(source, NOW)).toEqual([{ what: `delete from ${table} before ${before}`, rows: 1 }]);
    expect(await leaving.step(source, NOW)).toEqual({ rows: 1, more: true, did: null });
    expect(await namesIn(table, name)).toEqual(['exactly', ...staying, 'younger'].sort());
    expect(await leaving.plan(source, NOW)).toEqual([]);
    expect(await leaving.step(source, NOW)).toEqual({ rows: 0, more: false, did: null });
    expect(await leaving.oldest(source, NOW)).toBe(days * DAY_MS);

    expect(await leaving.step(source, NOW + 1)).toEqual({ rows: 2, more: true, did: null });
    expect(await namesIn(table, name)).toEqual(staying);
    expect(await leaving.oldest(source, NOW + 1)).toBeNull();
  }

  it('are those of the quarantine that are closed; an open one stays, also where it was closed before', async () => {
    const row = (offset: number, reason: string, state: string, at: string) =>
      `('t', 0, ${offset}, 0, '-infinity'::timestamptz, 'record', '${reason}', 'e', '', '${state}', ${at})`;
    await sql(
      `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, reason, error, headers, state, state_at)
       VALUES ${row(1, 'older', 'replayed', AGES.older)}, ${row(2, 'exactly', 'discarded', AGES.exactly)},
         ${row(3, 'younger', 'replayed', AGES.younger)}, ${row(4, 'open', 'open', 'NULL')}, ${row(5, 'open again', 'open', LONG_AGO)}`,
      QUARANTINE_DAYS,
    );
    await expectEdges('quarantine', 'reason', QUARANTINE_DAYS, ['open', 'open again']);
    expect(await database.source.query('SELECT open_rows FROM quarantine_total')).toEqual([{ open_rows: '2' }]);
  });

  it('are ranges of the quarantine that are closed; an open one stays, also where it was closed before', async () => {
    const row = (offset: number, reason: string, state: string, at: string) =>
      `('t', 0, ${offset}, ${offset}, '', '${reason}', 1, 1, 1, '${state}', ${at})`;
    await sql(
      `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms,
         state, state_at)
       VALUES ${row(10, 'older', 'discarded', AGES.older)}, ${row(20, 'exactly', 'replayed', AGES.exactly)},
         ${row(30, 'younger', 'discarded', AGES.younger)}, ${row(40, 'open', 'open', 'NULL')}, ${row(50, 'open again', 'open', LONG_AGO)}`,
      QUARANTINE_DAYS,
    );
    await expectEdges('quarantine_ranges', 'reason', QUARANTINE_DAYS, ['open', 'open again']);
  });

  it('are gaps of the ingest, by when they were found', async () => {
    const row = (from: number, why: string, at: string) => `('t', 0, 'missing', ${from}, ${from + 1}, '${why}', ${at})`;
    await sql(
      `INSERT INTO ingest_gaps (topic, partition, kind, from_offset, to_offset, why, found_at)
       VALUES ${row(1, 'older', AGES.older)}, ${row(2, 'exactly', AGES.exactly)}, ${row(3, 'younger', AGES.younger)}`,
      DELETED_DAYS,
    );
    await expectEdges('ingest_gaps', 'why', DELETED_DAYS, []);
  });

  it('are keys that were revoked; one that is good stays, however old it is', async () => {
    const row = (name: string, createdAt: string, at: string) =>
      `('${name}', '${name}', '', '{}', ${createdAt}, ${at})`;
    await sql(
      `INSERT INTO api_keys (id, name, digest, scopes, created_at, revoked_at)
       VALUES ${row('older', LONG_AGO, AGES.older)}, ${row('exactly', LONG_AGO, AGES.exactly)},
         ${row('younger', LONG_AGO, AGES.younger)}, ${row('good', LONG_AGO, 'NULL')}`,
      DELETED_DAYS,
    );
    await expectEdges('api_keys', 'name', DELETED_DAYS, ['good']);
  });

  it('are acts of operators that are over; one that nobody has carried out stays, however old it is', async () => {
    const row = (why: string, state: string, at: string) =>
      `('discard', '{}', '${why}', 'w', '${state}', ${LONG_AGO}, ${at})`;
    await sql(
      `INSERT INTO admin_acts (what, said, why, who, state, asked_at, ended_at)
       VALUES ${row('older', 'done', AGES.older)}, ${row('exactly', 'failed', AGES.exactly)},
         ${row('younger', 'done', AGES.younger)}, ${row('waits', 'asked', 'NULL')}`,
      DELETED_DAYS,
    );
    await expectEdges('admin_acts', 'why', DELETED_DAYS, ['waits']);
  });

  it('are what stays of sessions that left, by when they left', async () => {
    const ids = new Map(['older', 'exactly', 'younger'].map((name) => [name, randomUUID()]));
    const row = (name: keyof typeof AGES) => `('${ids.get(name)}', 1, ${name === 'exactly'}, ${AGES[name]})`;
    await sql(
      `INSERT INTO session_tombstones (id, version, deleted, left_at) VALUES ${row('older')}, ${row('exactly')}, ${row('younger')}`,
      DELETED_DAYS,
    );
    const named = [...ids].map(([name, id]) => `WHEN '${id}' THEN '${name}'`).join(' ');
    await expectEdges('session_tombstones', `CASE id ${named} END`, DELETED_DAYS, []);
  });

  it('are rooms, hosts and presets that were deleted, and their texts; one that is there stays, however old it is', async () => {
    const row = (n: number, kind: string, version: number, state: string, at: string) =>
      `('00000000-0000-4000-8000-00000000000${n}', '${kind}', ${version}, ${at}, ${n}, ${state})`;
    await sql(
      `INSERT INTO reference_data (id, kind, version, at, "offset", state)
       VALUES ${row(1, 'room', 9, 'NULL', AGES.older)}, ${row(2, 'host', 4, 'NULL', AGES.exactly)},
         ${row(3, 'preset', 3, 'NULL', AGES.younger)}, ${row(4, 'room', 20, `'{}'`, LONG_AGO)}`,
      DELETED_DAYS,
    );
    await database.source.query(
      `INSERT INTO reference_texts (id, kind, fold_version, folded, grams) SELECT id, kind, 1, '', '{}' FROM reference_data
       WHERE kind <> 'preset'`,
    );
    const named = `CASE "offset" WHEN 1 THEN 'older' WHEN 2 THEN 'exactly' WHEN 3 THEN 'younger' ELSE 'there' END`;
    await expectEdges('reference_data', named, DELETED_DAYS, ['there']);
    expect(await namesIn('reference_texts', 'right(id::text, 1)')).toEqual(['4']);
    // Of those that left, not of the one that is there.
    expect(await database.source.query('SELECT version FROM reference_floor')).toEqual([{ version: '9' }]);
  });
});
