import { type TopicName, whyTooOld } from '../src';

const BROKER_TIME = Date.UTC(2026, 10, 28);
const HORIZON_MS = 7 * 86_400_000;

describe('an event that comes late', () => {
  const ago = (topic: TopicName, ms: number) =>
    whyTooOld(topic, { at: (BROKER_TIME - ms) * 1000, brokerTime: BROKER_TIME }, HORIZON_MS);

  it.each(['sessions', 'viewers'] as const)('is too old beyond the horizon: %s', (topic) => {
    expect(ago(topic, HORIZON_MS)).toBeNull();
    expect(ago(topic, HORIZON_MS + 1)).toBe(
      'time: 2026-11-20T23:59:59.999Z is 168 hours before Kafka got it, at most 168 hours are taken',
    );
    expect(ago(topic, -1000)).toBeNull();
  });

  it('is never too old where it is reference data: a state stays true', () => {
    expect(ago('directory', 100 * HORIZON_MS)).toBeNull();
  });
});
