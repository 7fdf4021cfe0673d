import { Answering } from '../src/answering';
import { LiveList, listQuestion, watchQuestion } from '../src/index';
import type { Question } from '../src/index';
import { GivenDesk, deltas, list, start } from './given-desk';
import { sessionId } from './model/story';

const MANY = 10_000;

/** How often the desk tried to answer somebody since the last look. */
function tries(): () => number {
  const spy = jest.spyOn(Answering.prototype as unknown as { tryAnswer: () => unknown }, 'tryAnswer');
  return () => {
    const { length } = spy.mock.calls;
    spy.mockClear();
    return length;
  };
}

const ahead = (seq: number) => ({ at: { epoch: 1, seq } });

describe('those who wait to resume', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('cost those who are served nothing: nobody is tried before the log has passed where it was', () => {
    const tried = tries();
    const texts = jest.spyOn(LiveList.prototype, 'find');
    const given = new GivenDesk();
    const served = given.listener();
    given.ask(served, list());
    for (let each = 0; each < MANY; each += 1) given.ask(given.listener(), list(), ahead(100 + (each % 50)));
    expect(tried()).toBe(MANY + 1);
    texts.mockClear();
    for (let which = 0; which < 3; which += 1) {
      given.happens(start(which));
      given.passes(100);
    }
    expect(deltas(served)).toHaveLength(3);
    expect(tried()).toBe(0);
    expect(texts).not.toHaveBeenCalled();
  });

  it('are answered as the log passes them, each tried once and once more when the view has rested', () => {
    const tried = tries();
    const given = new GivenDesk();
    const answers = Array.from({ length: 500 }, (_, each) => given.ask(given.listener(), list(), ahead(1 + each)));
    tried();
    for (let which = 0; which < 100; which += 1) {
      given.happens({ what: 'edit', which: 1, how: which });
      given.passes(10);
    }
    given.passes(50);
    expect(answers.filter(([first]) => first?.ok)).toHaveLength(100);
    expect(tried()).toBeLessThanOrEqual(200);
  });

  it('are answered in slices, frames first', () => {
    const given = new GivenDesk();
    const served = given.listener();
    given.ask(served, list());
    const answers = Array.from({ length: 1000 }, () => given.ask(given.listener(), list(), ahead(1)));
    const answered = () => answers.filter((all) => all.length > 0).length;
    given.happens(start(1));
    given.now += 60;
    given.desk.step(given.now);
    expect(answered()).toBe(0);
    given.desk.pump(500, given.now);
    expect(deltas(served)).toHaveLength(1);
    expect(answered()).toBe(100);
    given.pumps();
    expect(answered()).toBe(1000);
    expect(answers.flat()).toEqual(answers.map(() => expect.objectContaining({ ok: true, seq: 1, total: 1 })));
  });

  it('are told after two seconds that the gateway is behind, a bounded number in each step', () => {
    const given = new GivenDesk();
    const answers = Array.from({ length: 1000 }, () => given.ask(given.listener(), list(), ahead(10)));
    const told = () => answers.filter((all) => all.length > 0).length;
    given.passes(1990);
    expect(told()).toBe(0);
    given.now += 10;
    given.desk.step(given.now);
    expect(told()).toBe(200);
    given.passes(100);
    expect(answers.flat()).toEqual(answers.map(() => expect.objectContaining({ code: 'behind' })));
  });

  it('are told to come again the later, the more there are', () => {
    const given = new GivenDesk();
    const absurd = { at: { epoch: 99, seq: 0 } };
    const ask = () => given.ask(given.listener(), list(), absurd);
    expect(ask()).toMatchObject([{ code: 'behind', retry_after_ms: 1000 }]);
    for (let each = 0; each < 5000; each += 1) given.ask(given.listener(), list(), ahead(10));
    expect(ask()).toMatchObject([{ code: 'behind', retry_after_ms: 6000 }]);
  });

  it.each([
    ['an epoch that nobody gave out', { epoch: 99, seq: 0 }],
    ['a position of the epoch that is absurdly far ahead', { epoch: 1, seq: 1_000_000 }],
    ['one of the next epoch that is', { epoch: 2, seq: 1_000_000 }],
    ['the greatest there is', { epoch: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER }],
  ])('are none who name %s: they are told at once', (_what, at) => {
    const given = new GivenDesk();
    expect(given.ask(given.listener(), list(), { at })).toMatchObject([{ ok: false, code: 'behind' }]);
  });

  it('may come from a gateway that is in the next epoch already', () => {
    const given = new GivenDesk();
    const answers = given.ask(given.listener(), list(), { at: { epoch: 2, seq: 3 } });
    given.passes(500);
    given.desk.load([], { epoch: 2, seq: 3 }, given.now);
    given.passes(60);
    expect(answers).toMatchObject([{ ok: true, epoch: 2, seq: 3 }]);
  });

  it('have a bound for an address and one in all; beyond it they are told when to come again', () => {
    const given = new GivenDesk({ limits: { waiting: { perAddress: 2, inAll: 3 } } });
    const wait = (address: string, have?: [string, number, number, number][]) =>
      given.ask(given.listener(), list(), { ...ahead(10), ...(have && { have }) }, { address });
    expect([wait('a'), wait('a')]).toEqual([[], []]);
    expect(wait('a')).toMatchObject([{ code: 'rate_limited', retry_after_ms: 1000 }]);
    expect(wait('b')).toEqual([]);
    expect(wait('c')).toMatchObject([{ code: 'behind', retry_after_ms: 1000 }]);
    given.passes(2100);
    const rows = Array.from({ length: 120 }, (_, row): [string, number, number, number] => [sessionId(row), 1, 1, 1]);
    expect(wait('a', rows)).toMatchObject([{ code: 'rate_limited' }]);
    expect(wait('a')).toEqual([]);
  });

  it('may leave, ask again and be forgotten; nothing of them stays', () => {
    const given = new GivenDesk({ limits: { waiting: { perAddress: 3, inAll: 3 } } });
    const listener = given.listener();
    for (let round = 0; round < 50; round += 1) {
      const first = given.ask(listener, list(), ahead(10 + round));
      const again = given.ask(listener, list(), ahead(500 - round));
      expect(first).toMatchObject([{ code: 'unknown_view' }]);
      expect(given.ask(listener, list({ limit: 1 }), ahead(10))).toEqual([]);
      if (round % 2 === 0) given.desk.forget(listener);
      else
        for (const limit of [1, 3])
          expect(given.desk.leaving.leave(listener, nameOf(given, list({ limit })))).toBe(true);
      expect(again.length).toBe(round % 2);
    }
    const { room } = given.desk as unknown as {
      room: Record<string, { size?: number; epochs?: Map<unknown, unknown> }>;
    };
    for (const part of Object.values(room)) expect((part.epochs ?? part).size ?? 0).toBe(0);
  });

  it('wait for one watch each, the last that they asked for', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    const asked = Array.from({ length: 20 }, (_, which) =>
      given.ask(listener, watchQuestion([sessionId(which)]), ahead(1)),
    );
    expect(asked.flat()).toHaveLength(19);
    given.happens(start(19));
    given.passes(60);
    expect(asked.at(-1)).toMatchObject([{ ok: true, total: 1 }]);
    expect(given.desk.watches.of(listener)?.ids).toEqual([sessionId(19)]);
  });

  it('canonical text is made once for an ask, however often it is tried', () => {
    const given = new GivenDesk();
    const question = listQuestion({ limit: 2, ids: [sessionId(1)] }) as Question;
    const text = jest.spyOn(JSON, 'stringify');
    given.ask(given.listener(), question, ahead(2));
    given.happens(start(1));
    given.passes(30);
    given.happens(start(2));
    given.passes(100);
    expect(text.mock.calls.filter(([value]) => Array.isArray(value) && value.includes(question))).toHaveLength(1);
  });
});

function nameOf(given: GivenDesk, question: Question): string {
  return given.list.nameOf(JSON.stringify([1, 'public', question]));
}
