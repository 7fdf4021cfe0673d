import { RestartPause } from './restart-pause';

describe('the pause before a consumer is made anew', () => {
  it('grows with failures in a row up to ten seconds, and is forgotten after a healthy time', () => {
    const pause = new RestartPause();
    const longest = Array.from({ length: 8 }, () => pause.next(0, 1));
    expect(longest).toEqual([400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
    expect(pause.next(59_999, 1)).toBe(10_000);
    expect(pause.next(60_000, 1)).toBe(400);
  });

  it('is jittered, and never shorter than 200 ms', () => {
    const pause = new RestartPause();
    expect(pause.next(0, 0)).toBe(200);
    expect(pause.next(0, 0.5)).toBe(500);
  });
});
