import { randomBytes, randomUUID } from 'node:crypto';
import type { ProjectionChange, StoredSession } from '#libs/contracts';
import { RedisPair } from '../../../test/given/redis-pair';
import { ProjectionAway, ProjectionWriter } from '../src';

const session = (id: string, version: number): ProjectionChange => ({
  kind: 'session',
  id,
  version,
  session: { id, version, status: 'live', title: 'x'.repeat(1000) } as StoredSession,
});
const removed = (id: string, version: number): ProjectionChange => ({ kind: 'removed', id, version, why: 'ended' });

describe('a Redis that is full', () => {
  let redis: RedisPair;
  let writer: ProjectionWriter;

  beforeAll(async () => {
    redis = await RedisPair.start();
    writer = new ProjectionWriter({ url: redis.url, tag: `test-${randomBytes(6).toString('hex')}` });
    await writer.rebuild(1, (async function* () {})());
  });
  afterAll(async () => {
    await writer?.close();
    await redis?.close();
  });

  it('takes what makes room, and refuses starts', async () => {
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    await writer.put(ids.map((id) => session(id, 1)));
    const { ask } = redis.master;
    await ask.config('SET', 'maxmemory', '1mb');
    await expect(writer.put([session(randomUUID(), 1)])).rejects.toThrow(ProjectionAway);
    expect(await writer.put([removed(ids[0] ?? '', 2)])).toMatchObject({ effective: 1 });
    await expect(writer.put([removed(ids[1] ?? '', 2), session(randomUUID(), 1)])).rejects.toThrow(ProjectionAway);
    const { sessions, lost } = await writer.inspect();
    expect({ sessions, lost }).toEqual({ sessions: 998, lost: null });
  });
});
