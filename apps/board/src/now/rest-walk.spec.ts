import { RestWalk, type Walked } from './rest-walk';

/** What REST says, and what it was asked. */
class ScriptedRest {
  readonly asked: string[] = [];
  private readonly waiting: ((answer: Response) => void)[] = [];

  readonly fetch = (url: string): Promise<Response> => {
    this.asked.push(url);
    return new Promise((resolve) => this.waiting.push(resolve));
  };

  page(ids: string, next_cursor: string | null): Promise<void> {
    const sessions = ids.split('').map((id) => ({ id }));
    return this.answer(Response.json({ success: true, data: { sessions, total: 9, total_exact: true, next_cursor } }));
  }

  refuse(status: number, code: string, retryAfter?: string): Promise<void> {
    const headers = new Headers(retryAfter === undefined ? [] : [['retry-after', retryAfter]]);
    return this.answer(Response.json({ success: false, code, error: code }, { status, headers }));
  }

  private async answer(answer: Response): Promise<void> {
    this.waiting.shift()?.(answer);
    for (let turns = 0; turns < 50; turns++) await Promise.resolve();
  }
}

describe('a walk through a list of REST', () => {
  let rest: ScriptedRest;
  let walked: Walked | undefined;
  let walk: RestWalk;
  const ids = () => walked?.rows.map(({ id }) => id).join('');

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
    rest = new ScriptedRest();
    jest.spyOn(globalThis, 'fetch').mockImplementation(rest.fetch as typeof fetch);
    walked = undefined;
    walk = new RestWalk('/sessions?limit=2', (news) => (walked = news));
    walk.more();
    await rest.page('ab', 'one');
    walk.more();
  });
  afterEach(() => {
    walk.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('adds page to page, and asks for one at a time', async () => {
    walk.more();
    await rest.page('cd', null);
    walk.more();
    expect(ids()).toBe('abcd');
    expect(rest.asked).toEqual(['/sessions?limit=2', '/sessions?limit=2&cursor=one']);
  });

  it.each([
    [503, 'unavailable', undefined, 2000],
    [429, 'rate_limited', '7', 7000],
  ])('keeps its rows where a page is answered %i %s, and asks for it again', async (status, code, after, pauseMs) => {
    await rest.refuse(status, code, after);
    expect(ids()).toBe('ab');
    expect(walked?.refusal).toMatchObject({ status, code });
    walk.more();
    jest.advanceTimersByTime(pauseMs - 1);
    expect(rest.asked).toHaveLength(2);
    jest.advanceTimersByTime(1);
    expect(rest.asked[2]).toBe('/sessions?limit=2&cursor=one');
    await rest.page('cd', null);
    expect([ids(), walked?.refusal]).toEqual(['abcd', undefined]);
  });

  it('asks again for a first page that it could not have', async () => {
    walk.close();
    [rest.asked.length, walked] = [0, undefined];
    walk = new RestWalk('/sessions?q=x', (news) => (walked = news));
    walk.more();
    await rest.refuse(503, 'of the walk that is closed');
    await rest.refuse(503, 'unavailable');
    expect(walked).toMatchObject({ isEmpty: true, refusal: { status: 503 } });
    jest.advanceTimersByTime(2000);
    await rest.page('ab', null);
    expect(walked).toMatchObject({ isEmpty: false, refusal: undefined });
  });

  it('is begun anew where it is forgotten, and what it had come to stays below', async () => {
    await rest.page('cd', 'two');
    walk.more();
    await rest.refuse(410, 'cursor_expired');
    expect([ids(), walked?.refusal]).toEqual(['abcd', undefined]);
    expect(rest.asked.at(-1)).toBe('/sessions?limit=2');
    await rest.page('xa', 'three');
    expect(ids()).toBe('xabcd');
    walk.more();
    await rest.page('cd', null);
    expect(ids()).toBe('xacd');
  });

  it('is not begun anew again and again without a pause', async () => {
    await rest.refuse(410, 'cursor_expired');
    await rest.page('ab', 'two');
    walk.more();
    await rest.refuse(410, 'cursor_expired');
    expect(rest.asked).toHaveLength(4);
    jest.advanceTimersByTime(4000);
    expect(rest.asked).toHaveLength(5);
  });

  it('does not repeat what is refused for good', async () => {
    await rest.refuse(400, 'invalid_query');
    walk.more();
    jest.advanceTimersByTime(600_000);
    expect(rest.asked).toHaveLength(2);
    expect(ids()).toBe('ab');
  });

  it('tells nothing any more once it is closed', async () => {
    walk.close();
    await rest.page('cd', null);
    expect(ids()).toBe('ab');
  });
});
