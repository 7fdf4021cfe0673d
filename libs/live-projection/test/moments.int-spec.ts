import { randomBytes } from 'node:crypto';
import type { ProjectionChange, StoredSession } from '#libs/contracts';
import Redis from 'ioredis';
import { ProjectionLost, ProjectionWriter, ReadTooEarly } from '../src';

const url = process.env['REDIS_URL'] ?? '';

const session = (id: string, version: number): ProjectionChange => ({
  kind: 'session',
  id,
  version,
  session: { id, version, status: 'live' } as StoredSession,
});
const removed = (id: string, version: number): ProjectionChange => ({ kind: 'removed', id, version, why: 'ended' });
const counts = (id: string, version: number): ProjectionChange => ({
  kind: 'counts',
  id,
  version,
  counts: { version, viewer_count: version, viewer_count_at: 1, max_viewers: version, max_viewers_at: 1 },
});
async function* pages(...all: ProjectionChange[][]) {
  yield* all;
}

describe('the projection as it is told by several, each in its time', () => {
  let tag: string;
  let writer: ProjectionWriter;
  let other: ProjectionWriter;
  let redis: Redis;

  beforeEach(() => {
    tag = `test-${randomBytes(6).toString('hex')}`;
    writer = new ProjectionWriter({ url, tag });
    other = new ProjectionWriter({ url, tag });
    redis = new Redis(url);
  });
  afterEach(async () => {
    const keys = await redis.keys(`{${tag}}*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
    await Promise.all([writer.close(), other.close()]);
  });

  const held = async () => {
    const epoch = await redis.hget(`{${tag}}:meta`, 'epoch');
    return (await redis.hkeys(`{${tag}}:${epoch}:sessions`)).sort();
  };
  const meta = (field: string) => redis.hget(`{${tag}}:meta`, field);

  describe('an epoch', () => {
    it('takes nothing that was read before its load began to read: it may be over since', async () => {
      await writer.rebuild(1, pages([session('a', 1)]));
      await other.put([removed('a', 2)], 11);
      await writer.rebuild(2, pages([session('b', 1)]), { begun: async () => 12 });
      await expect(writer.put([session('a', 1)], 10)).rejects.toThrow(ReadTooEarly);
      await expect(writer.put([counts('a', 1)], 12)).rejects.toThrow(ReadTooEarly);
      expect(await held()).toEqual(['b']);
      expect(await writer.put([session('c', 1)], 13)).toEqual({
        position: { epoch: 2, seq: 1 },
        effective: 1,
        epoch: 2,
      });
      expect(await held()).toEqual(['b', 'c']);
    });

    it('takes nothing at all between its beginning and the moment of its load', async () => {
      await writer.rebuild(1, pages([]));
      const begun = async () => {
        await expect(other.put([session('a', 1)], 1_000_000)).rejects.toThrow(ReadTooEarly);
        return 20;
      };
      async function* meanwhile() {
        await expect(other.put([session('a', 1)], 20)).rejects.toThrow(ReadTooEarly);
        expect(await other.put([session('a', 2)], 21)).toMatchObject({ position: { epoch: 1 }, epoch: 2 });
        yield [session('b', 1)];
      }
      await writer.rebuild(2, meanwhile(), { begun });
      expect(await held()).toEqual(['a', 'b']);
      await expect(other.put([session('c', 1)], 20)).rejects.toThrow(ReadTooEarly);
    });

    it('that was given up leaves the one before as it was', async () => {
      await writer.rebuild(1, pages([]), { begun: async () => 5 });
      async function* broken() {
        yield [session('b', 1)];
        throw new Error('Postgres is away');
      }
      await expect(writer.rebuild(2, broken(), { begun: async () => 20 })).rejects.toThrow('Postgres is away');
      expect(await writer.put([session('a', 1)], 6)).toMatchObject({ epoch: 1, effective: 1 });
      await expect(writer.put([session('b', 1)], 5)).rejects.toThrow(ReadTooEarly);
    });
  });

  it('forgets no removal because the clock of one who tells is ahead', async () => {
    await writer.rebuild(1, pages([session('a', 1)]));
    await other.put([removed('a', 2)]);
    const ahead = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 7_200_000);
    await other.put([session('b', 1)]);
    ahead.mockRestore();
    await writer.put([session('a', 1), counts('c', 1)]);
    expect(await held()).toEqual(['b']);
  });

  describe('fresh_at', () => {
    it('never falls, and is carried into the next epoch', async () => {
      await writer.rebuild(1, pages([]));
      const { freshAt, now } = await writer.noteFresh(1, null);
      expect(freshAt).toBeNull();
      expect(await writer.noteFresh(1, now - 500)).toMatchObject({ freshAt: now - 500 });
      expect(await other.noteFresh(1, now - 900)).toMatchObject({ freshAt: now - 500 });
      await writer.rebuild(2, pages([]));
      expect(await meta('fresh_at')).toBe(String(now - 500));
      expect(await other.noteFresh(2, now - 100)).toMatchObject({ freshAt: now - 100 });
      expect((await writer.inspect()).lost).toBeNull();
    });

    it('is forgotten where the record went back: the next epoch has less than the one before was told', async () => {
      await writer.rebuild(1, pages([]));
      const now = await writer.clock();
      await writer.noteFresh(1, now - 500);
      await writer.rebuild(2, pages([]), { forgetFresh: true });
      expect(await meta('fresh_at')).toBeNull();
      expect(await other.noteFresh(2, now - 3_600_000)).toMatchObject({ freshAt: now - 3_600_000 });
    });

    it('is never in the future: one that is was written before the clock went back', async () => {
      await writer.rebuild(1, pages([]));
      const now = await writer.clock();
      expect((await writer.noteFresh(1, now + 3_600_000)).freshAt).toBeLessThan(now + 3_600_000);
      await redis.hset(`{${tag}}:meta`, 'fresh_at', now + 3_600_000);
      expect(await writer.noteFresh(1, now - 100)).toMatchObject({ freshAt: now - 100 });
    });

    it('is written into no other epoch, and into no other Redis', async () => {
      await writer.rebuild(1, pages([]));
      await writer.rebuild(2, pages([]));
      await expect(writer.noteFresh(1, 1000)).rejects.toThrow(ProjectionLost);
      await redis.hset(`{${tag}}:meta`, 'run_id', 'another');
      await expect(writer.noteFresh(2, 1000)).rejects.toThrow(ProjectionLost);
      await redis.del(`{${tag}}:meta`);
      await expect(writer.noteFresh(2, 1000)).rejects.toThrow(ProjectionLost);
      expect(await redis.exists(`{${tag}}:meta`)).toBe(0);
    });
  });

  it('tells a start while a slice of counts is being told', async () => {
    await writer.rebuild(1, pages([]));
    const ids = Array.from({ length: 20_000 }, (_, n) => `many-${n}`);
    const order: string[] = [];
    const told = (what: string) => () => void order.push(what);
    await Promise.all([
      writer.put(ids.map((id) => counts(id, 1))).then(told('a slice of counts')),
      writer.put(ids.map((id) => counts(id, 2))).then(told('another slice of counts')),
      writer.put([session('start', 1)]).then(told('a start')),
    ]);
    expect(order[0]).toBe('a start');
    expect(await redis.hlen(`{${tag}}:1:counts`)).toBe(20_000);
    expect((await writer.inspect()).lost).toBeNull();
  });
});
