import { Pace } from './pace';

/** A second in which a frame is due every `50 · stretch` ms and costs `costMs`. */
function second(pace: Pace, start: number, costMs: number): number {
  const frames = 1000 / (50 * pace.stretch);
  for (let frame = 1; frame <= frames; frame += 1) pace.spent(costMs, start + (frame * 1000) / frames);
  return (frames * costMs) / 1000;
}

describe('the pace of frames', () => {
  it('is that of the intervals while frames are cheap', () => {
    const pace = new Pace(0);
    for (let at = 0; at < 5000; at += 1000) second(pace, at, 5);
    expect(pace.stretch).toBe(1);
  });

  it('slows so that costly frames take a third of the time, and recovers', () => {
    const pace = new Pace(0);
    let share = 0;
    for (let at = 0; at < 5000; at += 1000) share = second(pace, at, 45);
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.4);
    for (let at = 5000; at < 12_000; at += 1000) second(pace, at, 2);
    expect(pace.stretch).toBe(1);
  });

  it('never stops', () => {
    const pace = new Pace(0);
    for (let at = 0; at < 5000; at += 1000) pace.spent(100_000, at + 1000);
    expect(pace.stretch).toBe(20);
  });
});
