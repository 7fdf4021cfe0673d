import { randomBytes } from 'node:crypto';
import type { Position, ProjectionChange, StoredSession } from '#libs/contracts';
import Redis from 'ioredis';
import { SaidFresh } from '../../../test/given/said-fresh';
import { ProjectionLost, ProjectionReader, ProjectionWriter } from '../src';

const url = process.env['REDIS_URL'] ?? '';

function session(id: string, version: number, title = 'On air'): ProjectionChange {
  const stored = { id, version, title, status: 'live' } as StoredSession;
  return { kind: 'session', id, version, session: stored };
}
const counts = (id: string, version: number, viewers: number): ProjectionChange => ({
  kind: 'counts',
  id,
  version,
  counts: { version, viewer_count: viewers, viewer_count_at: 1, max_viewers: viewers, max_viewers_at: 1 },
});
const removed = (id: string, version: number): ProjectionChange => ({ kind: 'removed', id, version, why: 'ended' });

async function* pages(...all: ProjectionChange[][]) {
  yield* all;
}

/** Applies what a reader tells, as its users do: newer versions only. */
class Follower {
  readonly sessions = new Map<string, { version: number; title: string | null }>();
  readonly viewers = new Map<string, { version: number; count: number }>();
  position: Position | undefined;
  loads = 0;
  stale: boolean | undefined;
  readonly reader: ProjectionReader;

  constructor(tag: string) {
    this.reader = new ProjectionReader(
      { url, tag },
      {
        loaded: (changes, position) => {
          this.sessions.clear();
          this.viewers.clear();
          this.loads += 1;
          this.take(changes, position);
        },
        changed: (changes, position) => this.take(changes, position),
        fresh: ({ isStale }) => {
          this.stale = isStale;
        },
      },
    );
    this.reader.start();
  }

  private take(changes: ProjectionChange[], position: Position): void {
    for (const change of changes) {
      const { id, version } = change;
      if (change.kind === 'session' && version > (this.sessions.get(id)?.version ?? -1)) {
        this.sessions.set(id, { version, title: change.session.title });
      }
      if (change.kind === 'counts' && version > (this.viewers.get(id)?.version ?? -1)) {
        this.viewers.set(id, { version, count: change.counts.viewer_count });
      }
      if (change.kind === 'removed') this.sessions.delete(id);
    }
    this.position = position;
  }
}

async function eventually(expectation: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return expectation();
    } catch (error) {
      if (tries > 2400) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

describe('the projection', () => {
  let tag: string;
  let writer: ProjectionWriter;
  let redis: Redis;
  let fresh: SaidFresh;
  const followers: Follower[] = [];
  const follow = () => {
    const follower = new Follower(tag);
    followers.push(follower);
    return follower;
  };

  beforeEach(() => {
    tag = `test-${randomBytes(6).toString('hex')}`;
    writer = new ProjectionWriter({ url, tag });
    fresh = new SaidFresh(writer);
    redis = new Redis(url);
  });

  afterEach(async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.reader.stop()));
    await fresh.stop();
    const keys = await redis.keys(`{${tag}}*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
    await writer.close();
  });

  it('is lost until it is built, and says so', async () => {
    await expect(writer.put([session('a', 1)])).rejects.toThrow(ProjectionLost);
    expect((await writer.inspect()).lost).toMatch(/never built/);
    expect(await writer.rebuild(1, pages([session('a', 1)]))).toBe(true);
    expect(await writer.inspect()).toMatchObject({ lost: null, position: { epoch: 1, seq: 0 }, sessions: 1 });
  });

  it('gives a reader the state, then every change in order', async () => {
    await writer.rebuild(1, pages([session('a', 1), counts('a', 1, 5)]));
    const follower = follow();
    await eventually(() => expect(follower.sessions.get('a')).toEqual({ version: 1, title: 'On air' }));

    await writer.put([session('b', 1), counts('b', 1, 7)]);
    await writer.put([counts('a', 2, 6)]);
    const { position } = await writer.put([removed('b', 2)]);
    await eventually(() => expect(follower.position).toEqual(position));
    expect(position).toEqual({ epoch: 1, seq: 3 });
    expect([...follower.sessions.keys()]).toEqual(['a']);
    expect(follower.viewers.get('a')).toEqual({ version: 2, count: 6 });
    expect(follower.loads).toBe(1);
  });

  it('C5: never lets an older version overwrite a newer one, nor bring back what was removed', async () => {
    await writer.rebuild(1, pages([session('a', 5, 'New'), counts('a', 3, 30), session('b', 1)]));
    const old = await writer.put([session('a', 4, 'Old'), counts('a', 2, 20), session('a', 5, 'Same')]);
    expect(old.position).toEqual({ epoch: 1, seq: 0 });
    await writer.put([removed('b', 2)]);
    expect((await writer.put([session('b', 1), removed('a', 4)])).position).toEqual({ epoch: 1, seq: 1 });
    const follower = follow();
    await eventually(() => expect(follower.loads).toBe(1));
    expect(Object.fromEntries(follower.sessions)).toEqual({ a: { version: 5, title: 'New' } });
    await writer.put([session('b', 3)]);
    await eventually(() => expect(follower.sessions.has('b')).toBe(true));
  });

  it('has in a rebuilt epoch what was written while it was loaded', async () => {
    await writer.rebuild(1, pages([session('a', 1)]));
    const follower = follow();
    await eventually(() => expect(follower.loads).toBe(1));
    async function* slowly() {
      yield [session('a', 1)];
      await writer.put([session('a', 2, 'Meanwhile'), session('b', 1)]);
      yield [session('c', 1)];
    }
    expect(await writer.rebuild(2, slowly())).toBe(true);
    await eventually(() => expect(follower.position?.epoch).toBe(2));
    expect(Object.fromEntries(follower.sessions)).toEqual({
      a: { version: 2, title: 'Meanwhile' },
      b: { version: 1, title: 'On air' },
      c: { version: 1, title: 'On air' },
    });
    expect((await redis.keys(`{${tag}}:1:sessions`)).length).toBe(0);
  });

  it('loads the greatest version of each, whatever the pages and their order', async () => {
    const loaded = pages(
      [session('a', 2, 'New'), session('a', 1, 'Old'), session('b', 1, 'Old'), session('b', 2, 'New')],
      [session('a', 1, 'Old'), session('c', 2, 'New'), counts('a', 1, 5)],
      [session('c', 1, 'Old'), counts('a', 2, 6), session('b', 3, 'Newest')],
    );
    await writer.rebuild(1, loaded);
    const follower = follow();
    await eventually(() => expect(follower.loads).toBe(1));
    expect(Object.fromEntries(follower.sessions)).toEqual({
      a: { version: 2, title: 'New' },
      b: { version: 3, title: 'Newest' },
      c: { version: 2, title: 'New' },
    });
    expect(follower.viewers.get('a')).toEqual({ version: 2, count: 6 });
  });

  it('does not get back what was removed while it was loaded, nor in the very same write', async () => {
    await writer.rebuild(1, pages([session('a', 1), session('b', 1)]));
    async function* whileTheyEnd() {
      yield [session('a', 1)];
      await writer.put([removed('a', 2), session('a', 1), removed('b', 2)]);
      yield [session('b', 1), { ...counts('b', 1, 5), session_version: 1 } as ProjectionChange, session('c', 1)];
    }
    expect(await writer.rebuild(2, whileTheyEnd())).toBe(true);
    const follower = follow();
    await eventually(() => expect(follower.loads).toBe(1));
    expect([...follower.sessions.keys()]).toEqual(['c']);
    expect([...follower.viewers.keys()]).toEqual([]);
  });

  it('is rebuilt by one process at a time, and never with an older epoch', async () => {
    await writer.rebuild(5, pages([]));
    await expect(writer.rebuild(4, pages([]))).rejects.toThrow(ProjectionLost);
    async function* whileAnotherTries() {
      expect(await writer.rebuild(7, pages([session('z', 1)]))).toBe(false);
      yield [session('a', 1)];
    }
    expect(await writer.rebuild(6, whileAnotherTries())).toBe(true);
    expect((await writer.inspect()).position).toEqual({ epoch: 6, seq: 0 });
  });

  it('is noticed to be emptied or of another life of Redis; readers say stale and keep what they have', async () => {
    await writer.rebuild(1, pages([session('a', 1)]));
    const follower = follow();
    await eventually(() => expect(follower.stale).toBe(false));
    await redis.hset(`{${tag}}:meta`, 'run_id', 'another');
    expect((await writer.inspect()).lost).toMatch(/restarted/);
    await eventually(() => expect(follower.stale).toBe(true));
    await redis.unlink(...(await redis.keys(`{${tag}}*`)));
    expect((await writer.inspect()).lost).toMatch(/never built/);
    expect(follower.sessions.has('a')).toBe(true);

    await writer.rebuild(2, pages([session('b', 1)]));
    await eventually(() => expect(follower.stale).toBe(false));
    expect([...follower.sessions.keys()]).toEqual(['b']);
  });

  it('loads again when the log has a gap', async () => {
    await writer.rebuild(1, pages([session('a', 1)]));
    const follower = follow();
    await eventually(() => expect(follower.loads).toBe(1));
    const key = `{${tag}}:1:log`;
    await redis
      .multi()
      .hset(`{${tag}}:1:sessions`, 'b', '1 {"version":1,"title":"Unseen"}')
      .hset(`{${tag}}:meta`, 'seq', 2, 'count', 2)
      .xadd(key, '2-0', 'x q 1', 'ended')
      .exec();
    await eventually(() => expect(follower.sessions.has('b')).toBe(true));
    expect(follower.loads).toBe(2);
  });
});
