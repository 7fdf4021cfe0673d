import { randomUUID } from 'node:crypto';
import { type ProjectionChange, listQuery, viewQuery } from '#libs/contracts';
import { INTERVALS_MS, LiveList, LiveState, type Presentation, contentMatch, listQuestion } from '#libs/live-list';
import { FOLD_VERSION } from '#libs/session';
import fc from 'fast-check';
import { foldTextsAnew } from '../src';
import { GivenRecord, NOW, event } from './given-record';

/** Letters that meet, or nearly, when they are folded; signs; scripts without spaces; what SQL takes for patterns. */
const ALPHABET = Array.from('aAbéßİıiΣςσСс京東かガ\u3099\u0301กำิ🎉👩🏽‍%_\\#ﬁＡ \u00a0');
const text = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: min, maxLength: max });
const SESSIONS = 60;
const ROOMS = 8;

const presentation: Presentation = {
  counts: () => ({ viewer_count: null, max_viewers: null }),
  card: ({ session: { id } }) => ({ id }) as never,
  shown: (count) => count,
};

const scheduled = (id: string, data: object) => event('session.scheduled.v1', id, { mode: 'webcam', ...data });

describe('what q finds', () => {
  let record: GivenRecord;
  /** All that the projection was told, as readers hold it. */
  let told: ProjectionChange[];

  beforeAll(async () => {
    record = await GivenRecord.make();
    told = [];
  });
  afterAll(() => record.close());

  async function givenTexts(): Promise<void> {
    const [texts = []] = fc.sample(fc.array(text(3, 14), { minLength: 200, maxLength: 200 }), { numRuns: 1, seed: 7 });
    const next = () => texts.pop() ?? 'none left';
    const hosts = Array.from({ length: 4 }, () => randomUUID());
    const rooms = Array.from({ length: ROOMS }, () => randomUUID());
    told.push(...(await record.directory(...hosts.map((id) => event('host.changed.v1', id, { username: next() })))));
    told.push(
      ...(await record.directory(
        ...rooms.map((id, n) => event('room.changed.v1', id, { title: next(), host_id: hosts[n % hosts.length] })),
      )),
    );
    const ids = Array.from({ length: SESSIONS }, () => randomUUID());
    const starts = ids.map((id, n) => {
      const words = { title: next(), ...(n % 3 === 0 && { description: next() }) };
      // Of some rooms nothing is known.
      return scheduled(id, { ...words, room_id: n % 4 === 0 ? randomUUID() : rooms[n % ROOMS] });
    });
    told.push(...(await record.sessions(...starts)));
  }

  async function inPostgres(q: string, more: Record<string, string> = {}): Promise<string[]> {
    const { rows } = await record.store.list(listQuery.parse({ q, limit: '100', ...more }), NOW);
    return rows.map(({ session }) => session.id).sort();
  }

  function inMemory(q: string): string[] {
    const state = new LiveState();
    for (const change of told) state.apply(change);
    const question = listQuestion(viewQuery.parse({ status: 'scheduled', q }));
    if (!question) throw new Error('it is of the past');
    const isAsked = contentMatch(question);
    return state
      .ofEachOpen((open) => (isAsked(open) ? [open.session.id] : []))
      .flat()
      .sort();
  }

  function inView(q: string): string[] {
    const limits = { list: 1, text: 1, watch: 1 };
    const list = new LiveList({ presentation, limits, intervalsMs: INTERVALS_MS });
    list.load(told, { epoch: 1, seq: 1 }, NOW);
    const question = listQuestion(viewQuery.parse({ status: 'scheduled', q, limit: 200 }));
    const view = question && list.view(question, 'private', NOW);
    if (!view) throw new Error('there is no such view');
    return view
      .snapshot()
      .sessions.map(({ id }) => id)
      .sort();
  }

  it('is the same in Postgres, in memory and in views, for any texts', async () => {
    await givenTexts();
    const questions = fc.sample(text(1, 4), { numRuns: 150, seed: 11 });
    const asked = questions.filter((q) => viewQuery.safeParse({ q }).success);
    expect(asked.length).toBeGreaterThan(100);
    let found = 0;
    for (const q of asked) {
      const expected = inMemory(q);
      found += expected.length;
      expect({ q, ids: inView(q) }).toEqual({ q, ids: expected });
      // By the terms, by what is open, and by a walk through the rows.
      expect({ q, ids: await inPostgres(q) }).toEqual({ q, ids: expected });
      expect({ q, ids: await inPostgres(q, { status: 'scheduled' }) }).toEqual({ q, ids: expected });
    }
    expect(found).toBeGreaterThan(100);
  });

  it('is the same when the texts were folded by another version, after the next migration', async () => {
    const id = randomUUID();
    const room = randomUUID();
    await record.directory(event('room.changed.v1', room, { title: 'Großer Saal' }));
    await record.sessions(scheduled(id, { title: 'Späte Gäste', room_id: room }));
    await record.sql(`UPDATE session_texts SET fold_version = $1, folded = 'old', grams = '{}' WHERE session_id = $2`, [
      FOLD_VERSION - 1,
      id,
    ]);
    await record.sql(`DELETE FROM reference_texts WHERE id = $1`, [room]);
    await record.sql(`UPDATE text_folding SET version = $1`, [FOLD_VERSION - 1]);
    expect(await inPostgres('GASTE saal', { ids: id })).toEqual([]);
    expect(await foldTextsAnew(record.source)).toBe(true);
    expect(await inPostgres('GASTE saal', { ids: id })).toEqual([id]);
    expect(await inPostgres('GASTE grosser')).toEqual([id]);
    expect(await foldTextsAnew(record.source)).toBe(false);
  });

  it.each([199, 200, 201, 260])('is listed and counted exactly where %s sessions say a word', async (many) => {
    const [word, rarer] = [`manyfold${many}x`, `seldom${many}x`];
    const titles = Array.from({ length: many }, (_, n) => (n % 50 === 7 ? `${word} ${rarer}` : `${word} ${n}`));
    await record.sessions(...titles.map((title) => scheduled(randomUUID(), { title, room_id: randomUUID() })));
    const page = { limit: '3', page: '2' };
    for (const status of ['scheduled,ended', 'scheduled']) {
      const ask = (q: string) => record.store.list(listQuery.parse({ q, status, ...page }), NOW);
      const { rows, total, totalExact } = await ask(word);
      expect({ status, listed: rows.length, total, totalExact }).toEqual({
        status,
        listed: 3,
        total: many,
        totalExact: true,
      });
      const both = titles.filter((title) => title.includes(rarer)).length;
      expect(await ask(`${rarer} ${word}`)).toMatchObject({ total: both, totalExact: true });
    }
  });

  it('follows what changes: titles, rooms, hosts, and what is deleted', async () => {
    const [id, room, host] = [randomUUID(), randomUUID(), randomUUID()];
    await record.sessions(scheduled(id, { title: 'Firstword', room_id: room }));
    await record.directory(event('room.changed.v1', room, { title: 'Secondword', host_id: host }));
    expect(await inPostgres('firstword secondword')).toEqual([id]);
    expect(await inPostgres('thirdword')).toEqual([]);
    await record.directory(event('host.changed.v1', host, { username: 'Thirdword' }));
    expect(await inPostgres('firstword thirdword')).toEqual([id]);
    const later = { time: new Date(NOW - 1000).toISOString() };
    await record.sessions(event('session.updated.v1', id, { title: 'Fourthword' }, later));
    expect(await inPostgres('firstword')).toEqual([]);
    expect(await inPostgres('fourthword')).toEqual([id]);
    await record.directory(host);
    expect(await inPostgres('fourthword thirdword')).toEqual([]);
    await record.sessions(event('session.deleted.v1', id, {}, later));
    expect(await inPostgres('fourthword')).toEqual([]);
  });
});
