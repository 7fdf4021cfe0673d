import { type Answered, NOTHING, heldAfter, pauseMs } from './answered';
import type { RestAnswer } from './rest';

const told: Answered<string> = { ...NOTHING, data: 'what was told', answeredAt: 1000 };
const ok: RestAnswer<string> = {
  ok: true,
  data: 'told anew',
  timestamp: 7,
  isStale: false,
  freshAt: null,
  position: null,
};
const refused = (status: number, retryAfterMs = 0): RestAnswer<string> => ({
  ok: false,
  refusal: { status, code: 'c', error: 'e', details: [], retryAfterMs },
});

describe('what is held of an answer', () => {
  it.each([0, 429, 500, 503])('stays, with why there is no newer one, after %d', (status) => {
    expect(heldAfter(told, refused(status))).toMatchObject({ ...told, refusal: { status } });
  });

  it.each([401, 403])('is dropped when the key may not see it: %d', (status) => {
    expect(heldAfter(told, refused(status))).toMatchObject({ data: undefined, isGone: false, refusal: { status } });
  });

  it('is dropped when it is not there any more, and that it was is known until it is there again', () => {
    expect(heldAfter<string>(NOTHING, refused(404))).toMatchObject({ data: undefined, isGone: false });
    const gone = heldAfter(told, refused(404));
    expect(gone).toMatchObject({ data: undefined, isGone: true });
    expect(heldAfter(gone, refused(404)).isGone).toBe(true);
    expect(heldAfter(gone, ok)).toMatchObject({ data: 'told anew', isGone: false, answeredAt: 7000 });
  });
});

describe('the pause before it is asked again', () => {
  it('is the period, and without one there is no next time', () => {
    expect(pauseMs(ok, 0, 3000)).toBe(3000);
    expect(pauseMs(ok, 0, undefined)).toBeUndefined();
    expect(pauseMs(refused(404), 1, 3000)).toBe(3000);
    expect(pauseMs(refused(400), 1, undefined)).toBeUndefined();
  });

  it.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [9, 10_000],
  ])('grows with each failure: the %dth', (failures, ms) => {
    expect(pauseMs(refused(503), failures, undefined)).toBe(ms);
    expect(pauseMs(refused(0), failures, 3000)).toBe(ms);
  });

  it('is not shorter than the server asks for', () => {
    expect(pauseMs(refused(429, 20_000), 1, 3000)).toBe(20_000);
  });

  it('is long for a key that may not, and has an end', () => {
    expect(pauseMs(refused(401), 1, 3000)).toBe(30_000);
    expect(pauseMs(refused(403), 1, 60_000)).toBe(60_000);
    expect(pauseMs(refused(403), 1, undefined)).toBeUndefined();
  });
});
