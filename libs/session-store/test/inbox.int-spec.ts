import { randomUUID } from 'node:crypto';
import { readEvent } from '#libs/contracts';
import type { QueryRunner } from 'typeorm';
import { identityOf } from '../src/inbox/identity';
import { takeIn } from '../src/inbox/take-in';
import { type TestDatabase, testDatabase } from './database';
import { event } from './given-record';

const DAY_MS = 86_400_000;
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

describe('the inbox', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  /** An event with an identity, as it is read that the broker gets at once. */
  function one(id: string, title: string, at = NOON, brokerTime = at) {
    const subject = '00000000-0000-0000-0000-000000000001';
    const sent = event(
      'session.started.v1',
      subject,
      { title: `Title ${title}` },
      { id, time: new Date(at).toISOString() },
    );
    const value = Buffer.from(JSON.stringify(sent));
    const read = readEvent('sessions', { key: Buffer.from(subject), value, headers: {}, timestamp: brokerTime });
    if (!read.ok || read.kind !== 'event') throw new Error(`not readable: ${JSON.stringify(read)}`);
    return { event: read.event, at: read.at, name: `${id} ${title}` };
  }
  const many = (ids: readonly string[], title = '') => ids.map((id) => one(id, title));
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID());

  type Event = ReturnType<typeof one>;
  const named = ({ known, conflicts }: { known: Set<Event>; conflicts: Set<Event> }) => ({
    known: [...known].map(({ name }) => name).sort(),
    conflicts: [...conflicts].map(({ name }) => name).sort(),
  });
  const within = (work: (runner: QueryRunner) => Promise<unknown>) =>
    database.source.transaction(({ queryRunner }) => work(queryRunner as QueryRunner));
  const take = async (...events: Event[]) => {
    const taken = await within((runner) => takeIn(runner, events));
    return named(taken as Awaited<ReturnType<typeof takeIn<Event>>>);
  };
  async function isWaitedFor(): Promise<void> {
    for (let waits = false; !waits;) {
      const found = await database.source.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      waits = (found as unknown[]).length > 0;
    }
  }
  const rowsOf = async () => {
    const [row] = (await database.source.query('SELECT count(*)::int AS n FROM event_inbox')) as { n: number }[];
    return row?.n ?? 0;
  };

  it('knows what it took, and holds against it what has the same identity and says something else', async () => {
    const [a, b, c] = ids(3) as [string, string, string];
    expect(await take(one(a, '1'), one(b, '1'))).toEqual({ known: [], conflicts: [] });
    expect(await take(one(a, '1'), one(b, '2'), one(c, '1'))).toEqual({ known: [`${a} 1`], conflicts: [`${b} 2`] });
    expect(await take(one(b, '1'), one(c, '2'))).toEqual({ known: [`${b} 1`], conflicts: [`${c} 2`] });
  });

  it('the first of a call is the one that is taken, and its duplicates are known', async () => {
    const [fresh, old] = ids(2) as [string, string];
    const call = [one(fresh, '1'), one(fresh, '2'), one(fresh, '1')];
    expect(await take(...call)).toEqual({ known: [`${fresh} 1`], conflicts: [`${fresh} 2`] });
    await take(one(old, '2'));
    const again = [one(old, '1'), one(old, '2'), one(old, '1'), one(old, '2')];
    expect(await take(...again)).toEqual({
      known: [`${old} 2`, `${old} 2`],
      conflicts: [`${old} 1`, `${old} 1`],
    });
  });

  it('is asked for nothing: nothing is known', async () => {
    expect(await take()).toEqual({ known: [], conflicts: [] });
  });

  it('gives back what a transaction took that failed', async () => {
    const [id] = ids(1) as [string];
    const failing = within(async (runner) => {
      await takeIn(runner, [one(id, '1')]);
      throw new Error('failed behind it');
    });
    await expect(failing).rejects.toThrow('failed behind it');
    expect(await take(one(id, '2'))).toEqual({ known: [], conflicts: [] });
  });

  it('leaves its transaction usable, with what was written before', async () => {
    const [id, other] = ids(2) as [string, string];
    await take(one(id, '1'));
    await within(async (runner) => {
      await runner.query('CREATE TABLE written_before (n integer)');
      await takeIn(runner, [one(id, '1'), one(other, '1')]);
      await runner.query('INSERT INTO written_before VALUES (1)');
    });
    expect(await database.source.query('SELECT n FROM written_before')).toEqual([{ n: 1 }]);
    expect(await take(one(other, '1'))).toMatchObject({ known: [`${other} 1`] });
  });

  it('two transactions that take the same identities at once: each is taken once, and none waits in vain', async () => {
    const days = [0, 1, 2, 3].map((day) => NOON - day * DAY_MS);
    for (let round = 0; round < 5; round += 1) {
      const all = ids(1200);
      const before = await rowsOf();
      const of = (title: string, from: number, to: number) =>
        all.slice(from, to).map((id, n) => one(id, title, days[(from + n) % days.length]));
      const outcomes = await Promise.all([
        take(...of('1', 0, 900)),
        take(...of('1', 300, 1200).reverse()),
        take(...of('1', 150, 1050)),
      ]);
      expect(await rowsOf()).toBe(before + 1200);
      expect(outcomes.flatMap(({ conflicts }) => conflicts)).toEqual([]);
      expect(outcomes.flatMap(({ known }) => known)).toHaveLength(1500);
    }
  });

  it.each([
    ['of one day', [NOON]],
    ['of several days', [NOON, NOON - DAY_MS, NOON - 20 * DAY_MS]],
  ])('all take them in one order, however they are given: identities %s', async (_, days) => {
    const inOrder = ids(60)
      .map((id, n) => one(id, '1', days[n % days.length]))
      .map((given) => ({ given, row: identityOf(given, Date.now()) }))
      .sort(({ row: a }, { row: b }) => a.day - b.day || (a.identity < b.identity ? -1 : 1))
      .map(({ given }) => given);
    const [middle, last] = [inOrder[30], inOrder[59]] as [Event, Event];
    let waiting: Promise<Awaited<ReturnType<typeof take>>> | undefined;
    await within(async (runner) => {
      await takeIn(runner, [middle]);
      waiting = take(...[...inOrder].reverse());
      await isWaitedFor();
      // Who waits for the middle one has not taken this yet; else each would wait for the other.
      expect((await takeIn(runner, [last])).known.size).toBe(0);
    });
    expect(await waiting).toEqual({ known: [middle.name, last.name].sort(), conflicts: [] });
  });

  it('two that contradict each other at once: one of both is taken, the other is in conflict', async () => {
    const all = ids(500);
    const [a, b] = await Promise.all([take(...many(all, 'a')), take(...many([...all].reverse(), 'b'))]);
    const inConflict = [...a.conflicts, ...b.conflicts];
    expect(inConflict).toHaveLength(500);
    expect(a.known).toEqual([]);
    expect(b.known).toEqual([]);
  });

  it('knows a duplicate whatever its time is: of long ago, dated ahead, from a broker whose clock has gone mad', async () => {
    const [old, ahead, mad] = ids(3) as [string, string, string];
    const events = [
      one(old, '1', Date.UTC(2001, 1, 3)),
      one(ahead, '1', NOON + 9 * DAY_MS, NOON),
      one(mad, '1', Date.UTC(9999, 0, 1), Date.UTC(2254, 0, 1)),
    ];
    expect(await take(...events)).toEqual({ known: [], conflicts: [] });
    expect((await take(...events)).known).toHaveLength(3);
    const rows = await database.source.query(`SELECT day::text FROM event_inbox ORDER BY day`);
    const days = (rows as { day: string }[]).map(({ day }) => day);
    expect(days.slice(0, 2)).toEqual(['-infinity', '2001-02-03']);
    // Nine days ahead lands on the day on which the broker got it.
    expect(new Set(days.slice(2))).toContain(new Date(NOON).toISOString().slice(0, 10));
    expect(days.at(-1)).toBe(new Date(NOON).toISOString().slice(0, 10));
  });

  it('a slice of 5 000 is taken at once, whether or not one of it is known', async () => {
    const all = many(ids(5000));
    expect(await take(...all)).toEqual({ known: [], conflicts: [] });
    expect((await take(...all)).known).toHaveLength(5000);
  });
});
