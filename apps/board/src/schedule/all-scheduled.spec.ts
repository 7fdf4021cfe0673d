import { allScheduled } from './all-scheduled';

describe('all that is announced', () => {
  afterEach(() => jest.restoreAllMocks());

  /** A REST that has so many, a hundred at a time. */
  function given(count: number, refuseAt = Infinity): string[] {
    const asked: string[] = [];
    const answer = (url: string) => {
      const from = Number(new URLSearchParams(url.split('?')[1]).get('cursor') ?? 0);
      asked.push(url);
      if (from >= refuseAt) return Response.json({ code: 'unavailable', error: 'not now' }, { status: 503 });
      const sessions = Array.from({ length: Math.min(100, count - from) }, (_, place) => ({ id: `${from + place}` }));
      return Response.json({ data: { sessions, next_cursor: from + 100 < count ? `${from + 100}` : null } });
    };
    jest.spyOn(globalThis, 'fetch').mockImplementation((async (url: string) => answer(url)) as typeof fetch);
    return asked;
  }

  it.each([
    [0, 0, true, 1],
    [245, 245, true, 3],
    [2000, 2000, true, 20],
    [2001, 2000, false, 20],
  ])('of %i is %i; that is all: %s', async (count, rows, isWhole, requests) => {
    const asked = given(count);
    const all = await allScheduled();
    expect(all).toMatchObject({ ok: true, isWhole });
    expect(all.ok && new Set(all.rows.map(({ id }) => id)).size).toBe(rows);
    expect(asked).toHaveLength(requests);
    expect(asked[0]).toBe('/sessions?status=scheduled&sort=scheduled_start_time&order=asc&limit=100');
  });

  it('is nothing where a page of it is refused', async () => {
    given(300, 100);
    expect(await allScheduled()).toMatchObject({ ok: false, refusal: { status: 503, error: 'not now' } });
  });
});
