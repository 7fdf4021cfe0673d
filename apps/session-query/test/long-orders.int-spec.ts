import { randomUUID } from 'node:crypto';
import { readConfig, Metrics } from '#libs/service-host';
import Redis from 'ioredis';
import type { PinoLogger } from 'nestjs-pino';
import { queryConfig } from '../src/config';
import { FrozenOrdersStore } from '../src/walk/frozen-orders.store';
import { packIds } from '../src/walk/packed-order';

const OPEN = 100_000;
const PAST = 10_000;
const NO_LOG = { warn: () => undefined } as unknown as PinoLogger;
const NOTHING = { from: 0, count: 0 };

describe('an order of 100 000 open sessions', () => {
  const url = process.env['REDIS_URL'] ?? '';
  const tag = `orders-${randomUUID()}`;
  let store: FrozenOrdersStore;
  let redis: Redis;

  beforeAll(() => {
    const env = { DATABASE_URL: 'postgres://nowhere/none', REDIS_URL: url, REDIS_HASH_TAG: tag };
    store = new FrozenOrdersStore(readConfig(queryConfig, env), new Metrics(), NO_LOG);
    redis = new Redis(url);
  });
  afterAll(async () => {
    store.onModuleDestroy();
    await redis.unlink(...(await redis.keys(`{${tag}}*`)));
    redis.disconnect();
  });

  const ids = (count: number) => Array.from({ length: count }, () => randomUUID());

  it('is 16 bytes each, and is read in parts', async () => {
    const open = ids(OPEN);
    const given = open.slice(0, 100);
    const lists = { open: packIds(open), past: Buffer.alloc(0), rest: null };
    const nonce = await store.begin('open', 'a', given, async () => lists);
    expect(await redis.strlen(`{${tag}}:walk:open`)).toBe(72 + 16 * (OPEN - 100));
    const read = await store.read('open', nonce, { open: { from: 50_000, count: 100 }, past: NOTHING, known: [] });
    expect(read).toEqual({
      nonce,
      openCount: OPEN - 100,
      pastCount: 0,
      rest: null,
      open: open.slice(50_100, 50_200),
      past: [],
      known: new Set(),
    });
    expect(await store.read('open', 'AAAAAAAAAAA', { open: NOTHING, past: NOTHING, known: [] })).toBeNull();
  });

  it('is 20 bytes each where the past goes on behind it, and tells who is in it', async () => {
    const [open, past, strangers] = [ids(OPEN), ids(PAST), ids(60)];
    const given = [...open.slice(0, 5), ...past.slice(0, 5)];
    const rest = { key: 12.5, id: past.at(-1) ?? '' };
    const lists = { open: packIds(open), past: packIds(past), rest };
    const nonce = await store.begin('all', 'a', given, async () => lists);
    expect(await redis.strlen(`{${tag}}:walk:all`)).toBe(72 + 20 * (OPEN + PAST));
    const inIt = [...open.slice(0, 20), ...open.slice(-20), ...past.slice(0, 20), ...past.slice(-20)];
    const known = [...inIt, ...strangers].sort();
    const part = { open: { from: OPEN - 10, count: 100 }, past: { from: PAST - 7, count: 9 }, known };
    const read = await store.read('all', nonce, part);
    expect(read).toMatchObject({
      openCount: OPEN - 5,
      pastCount: PAST - 5,
      rest,
      open: open.slice(-5),
      past: past.slice(-2),
    });
    expect(read?.known).toEqual(new Set(inIt));
  });
});
