import { askedAct } from '#libs/contracts';
import { Acts, type ActSaid } from '../src';
import { type TestDatabase, testDatabase } from './database';

const DISCARD: ActSaid = { what: 'discard', of: { ids: ['7'] }, why: 'a load test', who: 'a1b2c3' };
const WHILE_MS = 60_000;
const ALL = askedAct.options.map(({ shape }) => shape.what.value);

describe('acts of operators', () => {
  let database: TestDatabase;
  let acts: Acts;
  beforeEach(async () => {
    database = await testDatabase();
    acts = new Acts(database.source);
  });
  afterEach(() => database.drop());

  it('are asked for, taken by one of many, and over once', async () => {
    const asked = await acts.ask(DISCARD);
    expect(asked).toEqual({
      ...DISCARD,
      id: expect.any(String) as unknown,
      state: 'asked',
      asked_at: expect.stringMatching(/Z$/) as unknown,
      taken_at: null,
      ended_at: null,
      result: null,
      error: null,
    });
    const takers = Array.from({ length: 8 }, (_, n) => `process ${n}`);
    const taken = await Promise.all(takers.map((taker) => acts.take(taker, WHILE_MS, ALL)));
    const by = takers.filter((_, n) => taken[n] !== null);
    expect(by).toHaveLength(1);
    const [taker = ''] = by;
    expect(await acts.get(asked.id)).toMatchObject({ state: 'taken', taken_at: expect.any(String) as unknown });
    expect(await acts.end(asked.id, 'somebody else', { state: 'failed', error: 'no' })).toBe(false);
    expect(await acts.hold(asked.id, taker, WHILE_MS)).toBe(true);
    expect(await acts.end(asked.id, taker, { state: 'done', result: { discarded: ['7'] } })).toBe(true);
    expect(await acts.end(asked.id, taker, { state: 'failed', error: 'no' })).toBe(false);
    expect(await acts.get(asked.id)).toMatchObject({ state: 'done', result: { discarded: ['7'] }, error: null });
    expect(await acts.take('process 1', WHILE_MS, ALL)).toBeNull();
  });

  it('keep what they came to as it was said, whatever characters it has', async () => {
    const result = { still: [{ id: '7', reason: 'invalid_json', error: 'no JSON: \0 and \ud800 alone' }] };
    await acts.note(DISCARD, { state: 'done', result });
    expect((await acts.list(1))[0]).toMatchObject({ state: 'done', result });
  });

  it('keep who asked and why, whatever characters a token or a terminal gave', async () => {
    const said = { ...DISCARD, why: 'pasted \0 text', who: 'ops\0\ud800' };
    const kept = { why: 'pasted \\0 text', who: 'ops\\0\ufffd' };
    expect(await acts.ask(said)).toMatchObject(kept);
    await acts.note(said, { state: 'done', result: {} });
    expect(await acts.list(2)).toMatchObject([kept, kept]);
  });

  it('are taken over from who died with them, and the dead one has no say any more', async () => {
    const { id } = await acts.ask(DISCARD);
    expect(await acts.take('dead', 0, ALL)).toMatchObject({ act: { id }, isAgain: false });
    expect(await acts.take('alive', WHILE_MS, ALL)).toMatchObject({ act: { id, state: 'taken' }, isAgain: true });
    expect(await acts.hold(id, 'dead', WHILE_MS)).toBe(false);
    expect(await acts.end(id, 'dead', { state: 'done', result: {} })).toBe(false);
    expect(await acts.end(id, 'alive', { state: 'failed', error: 'it is gone' })).toBe(true);
    expect(await acts.get(id)).toMatchObject({ state: 'failed', error: 'it is gone', result: null });
  });

  it('are taken in the order in which they were asked for, and listed the newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await acts.ask(DISCARD)).id);
    await acts.note({ ...DISCARD, who: 'operator at the command line' }, { state: 'done', result: { done: 'it is' } });
    expect((await acts.take('one', WHILE_MS, ALL))?.act.id).toBe(ids[0]);
    expect((await acts.take('one', WHILE_MS, ['revoke_key']))?.act.id).toBeUndefined();
    expect((await acts.take('one', WHILE_MS, ALL))?.act.id).toBe(ids[1]);
    const listed = await acts.list(2);
    expect(listed.map(({ state }) => state)).toEqual(['done', 'asked']);
    expect(listed[0]).toMatchObject({ who: 'operator at the command line', ended_at: expect.any(String) as unknown });
    expect((await acts.list(10, listed[1]?.id)).map(({ id }) => id)).toEqual([ids[1], ids[0]]);
    expect(await acts.get('4711')).toBeNull();
  });

  it('have tables that come and go with their migration', async () => {
    const there = () =>
      database.source.query(`SELECT to_regclass('admin_acts') AS acts, to_regclass('log_forgotten') AS forgotten`);
    await database.source.undoLastMigration();
    expect(await there()).toEqual([{ acts: null, forgotten: null }]);
    await database.source.runMigrations();
    expect(await there()).toEqual([{ acts: 'admin_acts', forgotten: 'log_forgotten' }]);
    await acts.ask(DISCARD);
  });
});
