import { EVENTS_PER_SESSION, Platform } from '../fortnight/platform';

const BEGIN = Date.UTC(2026, 10, 14);
const HOUR_MS = 3_600_000;
const platform = new Platform(3, BEGIN);
const span = (fromHour: number, toHour: number) => ({ from: BEGIN + fromHour * HOUR_MS, to: BEGIN + toHour * HOUR_MS });

describe('the platform of a fortnight', () => {
  it('says the same in one span as in the parts of it', () => {
    const parts = [span(0, 2), span(2, 3), span(3, 12)];
    expect(parts.flatMap((part) => platform.lifecycle(part))).toEqual(platform.lifecycle(span(0, 12)));
    expect(parts.flatMap((part) => [...platform.counts(part)])).toEqual([...platform.counts(span(0, 12))]);
  });

  it('says all events of a session, in the order of time, each with an id of its own', () => {
    const events = platform.lifecycle(span(0, 12));
    const times = events.map(({ timeMs }) => timeMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(events.map(({ json }) => (JSON.parse(json) as { id: string }).id)).size).toBe(events.length);
    const ended = events.filter(({ json }) => json.includes('session.ended.v1')).map(({ subject }) => subject);
    for (const id of ended) expect(events.filter(({ subject }) => subject === id)).toHaveLength(EVENTS_PER_SESSION);
    expect(ended.length).toBeGreaterThan(10);
  });

  it.each([10_000, 60_000, HOUR_MS])('knows how many steps of %i ms have a count', (stepMs) => {
    const steps = [...platform.counts(span(1, 9))].map((one) => `${one.subject} ${Math.floor(one.timeMs / stepMs)}`);
    expect(platform.stepsCounted(span(1, 9), stepMs)).toBe(new Set(steps).size);
  });

  it('knows how many sessions were spoken of', () => {
    const spoken = new Set(platform.lifecycle(span(0, 9)).map(({ subject }) => subject));
    expect(platform.sessionsBy(span(0, 9).to)).toBe(spoken.size);
  });
});
