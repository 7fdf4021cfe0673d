import { type ConsumerStatus, whyNotReady } from './consumer-status';

const polling: ConsumerStatus = {
  state: 'polling',
  lastPollAt: 100_000,
  partitions: [0],
  positions: {},
  passed: [],
  restarts: 0,
  rebalances: 0,
  stuck: 0,
  parkedSince: null,
  parkReason: null,
  parkedMs: 0,
  lastError: 'an old trouble',
};

it.each<[string, Partial<ConsumerStatus>, number, string | null]>([
  ['polls', {}, 100_000, null],
  ['polled a while ago', {}, 129_999, null],
  ['has not polled for 30 s', {}, 130_000, 'no word from Kafka for 30 s'],
  ['is parked', { state: 'parked', parkReason: 'Postgres is away' }, 100_000, 'parked: Postgres is away'],
  ['is made anew', { state: 'restarting' }, 100_000, 'restarting: an old trouble'],
  ['starts', { state: 'starting', lastPollAt: null, lastError: null }, 100_000, 'starting'],
])('C21: a consumer that %s', (_name, status, now, reason) => {
  expect(whyNotReady({ ...polling, ...status }, now)).toBe(reason);
});
