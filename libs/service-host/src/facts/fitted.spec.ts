import { type GatewayFacts, type ProcessFacts, processFacts } from '#libs/contracts';
import { MOST_BYTES, fitted } from './fitted';

const FACTS: ProcessFacts = {
  service: 'session-gateway',
  instance: 'host 1 a',
  version: '1',
  started_at: '2026-11-28T12:00:00.000Z',
  at: '2026-11-28T12:00:00.000Z',
  uptime_seconds: 1,
  memory: { rss: 1, heap_used: 1, external: 1 },
  cpu: 0.1,
  loop_lag: { p99_ms: 1, max_ms: 1 },
  ready: true,
  checks: [],
  lifecycle: null,
  query: null,
  gateway: null,
  is_cut: false,
};
const view = (question: string) => ({
  name: 'v',
  question,
  followers: 1,
  frames_per_second: 1,
  bytes_per_second: null,
});
const gateway = (views: GatewayFacts['views']): GatewayFacts => ({
  sockets: 1,
  views_total: views.length,
  views,
  frames_per_second: {},
  dismissed: {},
  turned_away: {},
  stretch: 1,
  sessions: 1,
});
const read = (facts: ProcessFacts) => {
  const text = fitted(facts);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
  return processFacts.parse(JSON.parse(text));
};

describe('facts as they are written', () => {
  it('are whole where they fit', () => {
    expect(read(FACTS)).toEqual(FACTS);
  });

  it('have bounded texts', () => {
    const error = '漢'.repeat(10_000);
    const { checks } = read({ ...FACTS, checks: [{ name: 'redis', ok: false, error, degraded: null }] });
    expect(checks[0]?.error).toHaveLength(500);
  });

  it('lose lists first, then all details, and say so', () => {
    const many = read({ ...FACTS, gateway: gateway(Array.from({ length: 5000 }, () => view('x'.repeat(100)))) });
    expect(many).toMatchObject({ is_cut: true, gateway: { views_total: 5000 } });
    expect(many.gateway?.views).toHaveLength(10);
    expect(read({ ...FACTS, gateway: gateway([view('x'.repeat(MOST_BYTES))]) })).toMatchObject({
      is_cut: true,
      gateway: null,
    });
  });
});
