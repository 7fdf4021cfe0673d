import type { Position, ProjectionChange, StoredSession } from '#libs/contracts';
import { eventuallyPasses } from '../../../test/given/eventually';
import { type GivenRedis, RedisPair } from '../../../test/given/redis-pair';
import { SaidFresh } from '../../../test/given/said-fresh';
import { ProjectionAway, ProjectionReader, ProjectionWriter } from '../src';

const tag = 'failover';
const NOTICED_WITHIN_MS = 30_000;

function session(id: string, version: number): ProjectionChange {
  return { kind: 'session', id, version, session: { id, version, status: 'live' } as StoredSession };
}

async function* pages(...all: ProjectionChange[]) {
  yield all;
}

/** What a reader has told. */
class Told {
  readonly ids = new Set<string>();
  at: Position | undefined;
  loads = 0;
  why: string | null = 'nothing yet';
  readonly reader: ProjectionReader;

  constructor(url: string) {
    const take = (changes: ProjectionChange[], position: Position) => {
      for (const { kind, id } of changes) if (kind === 'session') this.ids.add(id);
      this.at = position;
    };
    this.reader = new ProjectionReader(
      { url, tag },
      {
        loaded: (changes, position) => {
          this.loads += 1;
          this.ids.clear();
          take(changes, position);
        },
        changed: take,
        fresh: ({ why }) => {
          this.why = why;
        },
      },
    );
    this.reader.start();
  }
}

describe('when another Redis becomes the master', () => {
  let pair: RedisPair;
  let told: Told;
  let writer: ProjectionWriter;
  let fresh: SaidFresh;
  let epoch: number;

  beforeEach(async () => {
    epoch = 1;
    pair = await RedisPair.start();
    writer = new ProjectionWriter({ url: pair.url, tag });
    await writer.rebuild(epoch, pages(session('a', 1)));
    fresh = new SaidFresh(writer);
    told = new Told(pair.url);
    await shows('a');
  });
  afterEach(async () => {
    await told.reader.stop();
    await fresh.stop();
    await writer.close();
    await pair.close();
  });

  const shows = (...ids: string[]) =>
    eventuallyPasses(
      `it shows ${ids.join()}`,
      async () => {
        expect([...told.ids].sort()).toEqual(ids);
        expect(told.why).toBeNull();
      },
      NOTICED_WITHIN_MS,
    );
  /** As the keeper does it: again and again, until Redis takes it. */
  const rebuilds = (...changes: ProjectionChange[]) =>
    eventuallyPasses(
      'it is rebuilt',
      async () => {
        expect(await writer.rebuild(++epoch, pages(...changes), { distrust: true })).toBe(true);
      },
      NOTICED_WITHIN_MS,
    );
  const namesOn = async ({ ask }: GivenRedis) =>
    [...String(await ask.client('LIST')).matchAll(/ name=(projection-\S+)/g)].map(([, name = '']) => name).toSorted();
  const allAreOn = (one: GivenRedis) =>
    eventuallyPasses(
      'every connection has moved',
      async () =>
        expect(await namesOn(one)).toEqual([
          'projection-counts',
          'projection-reader',
          'projection-tail',
          'projection-writer',
        ]),
      NOTICED_WITHIN_MS,
    );

  it('and the old one its replica: writer and reader move to it', async () => {
    await pair.failOver();
    await rebuilds(session('a', 1), session('b', 1));
    await shows('a', 'b');
    await writer.put([session('c', 1)]);
    await shows('a', 'b', 'c');
    await allAreOn(pair.b);
  });

  it('and the old one is frozen: they move', async () => {
    await pair.promote();
    pair.freeze(pair.a);
    await rebuilds(session('a', 1), session('b', 1));
    await shows('a', 'b');
    await allAreOn(pair.b);
  });

  it('and the old one answers as if nothing were: they move', async () => {
    await pair.promote();
    await allAreOn(pair.b);
    await rebuilds(session('a', 1), session('b', 1));
    await shows('a', 'b');
  });

  it('and the old one a replica that nobody feeds, with old data: they move', async () => {
    await pair.promote();
    await pair.a.ask.replicaof('127.0.0.1', 1);
    await rebuilds(session('a', 1), session('b', 1));
    await shows('a', 'b');
    await allAreOn(pair.b);
  });

  it('and the old one a replica that refuses to be read (MASTERDOWN): they move', async () => {
    await pair.promote();
    await pair.a.ask.config('SET', 'replica-serve-stale-data', 'no');
    await pair.a.ask.replicaof('127.0.0.1', 1);
    await rebuilds(session('a', 1), session('b', 1));
    await shows('a', 'b');
    await allAreOn(pair.b);
  });

  it('and it is rebuilt by nobody who still stands on the old one', async () => {
    await pair.promote();
    await expect(writer.rebuild(++epoch, pages(session('z', 1)))).rejects.toThrow('another Redis is the master by now');
    expect(await pair.a.ask.hget(`{${tag}}:meta`, 'building')).toBeNull();
  });

  it('a reader that has only a fed replica goes on with it, and keeps what it holds when it moves', async () => {
    await told.reader.stop();
    await pair.failOver();
    await rebuilds(session('a', 1));
    pair.leadTo(pair.a);
    told = new Told(pair.url);
    await shows('a');
    await writer.put([session('b', 1)]);
    await shows('a', 'b');
    expect(await namesOn(pair.a)).toEqual(['projection-reader', 'projection-tail']);

    pair.leadTo(pair.b);
    await allAreOn(pair.b);
    await writer.put([session('c', 1)]);
    await shows('a', 'b', 'c');
    expect(told.loads).toBe(1);
  });

  it('what is held stays while Redis does not answer, if epoch, seq and Redis agree afterwards', async () => {
    pair.freeze(pair.a);
    await eventuallyPasses('it is stale', async () => expect(told.why).not.toBeNull(), NOTICED_WITHIN_MS);
    pair.goOn(pair.a);
    await eventuallyPasses('it is written', async () => void (await writer.put([session('b', 1)])));
    await shows('a', 'b');
    expect(told.loads).toBe(1);
  });

  it.each([
    ['maxmemory', '1', '0'],
    ['min-replicas-to-write', '3', '0'],
  ])(
    'no half of a batch is taken for written while Redis refuses writes (%s), and all of it afterwards',
    async (setting, bad, good) => {
      await pair.a.ask.config('SET', setting, bad);
      const many = Array.from({ length: 4000 }, (_, n) => session(`m${n}`, 1));
      await expect(writer.put(many)).rejects.toThrow(ProjectionAway);
      await expect(writer.rebuild(++epoch, pages(...many))).rejects.toThrow(ProjectionAway);
      await shows('a');
      await pair.a.ask.config('SET', setting, good);
      expect((await writer.put(many)).position).toEqual({ epoch: 1, seq: 2 });
      expect((await writer.inspect()).lost).toBeNull();
      await eventuallyPasses('all is shown', async () => expect(told.ids.size).toBe(4001), NOTICED_WITHIN_MS);
    },
  );

  it('a Redis that fills up during a rebuild gets nothing more, and the epoch before stays', async () => {
    async function* filling() {
      yield [session('b', 1)];
      await pair.a.ask.config('SET', 'maxmemory', '1');
      yield [session('c', 1)];
    }
    await expect(writer.rebuild(++epoch, filling())).rejects.toThrow(ProjectionAway);
    expect(await pair.a.ask.keys(`{${tag}}:${epoch}:*`)).toEqual([]);
    expect((await writer.inspect()).position).toEqual({ epoch: 1, seq: 0 });
    await shows('a');
  });
});
