import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProjectionWriter } from '#libs/live-projection';
import { Outbox, ProjectionEpochs, SessionStore } from '#libs/session-store';
import { eventuallyPasses } from '../../../test/given/eventually';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { Teller } from '../src/projection/teller';
import { GivenLifecycle } from './given-lifecycle';
import { GivenProjection } from './given-projection';

const { REDIS_URL = '' } = process.env;
const silent = { warn: () => undefined, info: () => undefined } as never;

describe('what was recorded', () => {
  let given: GivenLifecycle;
  let projection: GivenProjection;

  beforeEach(async () => {
    given = await GivenLifecycle.make();
    projection = new GivenProjection(REDIS_URL, given.name, given.source);
  });
  afterEach(async () => {
    await projection.close();
    await given.close();
  });

  const expectNothingLeft = () =>
    eventuallyPasses('Redis was told everything', async () => {
      expect(await given.sql('SELECT FROM outbox')).toEqual([]);
      expect(await projection.differences()).toEqual([]);
    });

  describe('while Redis is away', () => {
    let memory: FaultProxy;
    let app: NestFastifyApplication;

    beforeEach(async () => {
      memory = await FaultProxy.listen();
      memory.leadTo(new URL(REDIS_URL).host);
      app = await given.service({ REDIS_URL: memory.through(REDIS_URL), RECONCILE_EVERY_SECONDS: '86400' });
    });
    afterEach(async () => {
      memory.mend();
      await given.stop(app);
      await memory.close();
    });

    const metric = async (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await metricsOf(app))?.[1]);

    it.each([
      ['refuses', (way: FaultProxy) => way.refuse()],
      ['is a black hole', (way: FaultProxy) => way.hole()],
    ])('(%s) waits in the outbox, and is told when it is back, without a rebuild', async (_, strike) => {
      const before = Array.from({ length: 20 }, () => randomUUID());
      await given.send('sessions', ...before.map((id) => event('session.started.v1', id, { title: 'Before' })));
      await eventuallyPasses('they are told', async () => expect(await projection.sessions()).toBe(20));
      await expectNothingLeft();
      const epoch = await projection.epoch();

      strike(memory);
      const meanwhile = Array.from({ length: 20 }, () => randomUUID());
      await given.send('sessions', ...before.slice(0, 10).map((id) => event('session.ended.v1', id, {})));
      await given.send('sessions', ...meanwhile.map((id) => event('session.started.v1', id, { title: 'Meanwhile' })));
      await given.send('viewers', ...meanwhile.map((id) => event('viewers.counted.v1', id, { viewer_count: 7 })));
      await given.send('directory', event('room.changed.v1', randomUUID(), { title: 'A room' }));
      await eventuallyPasses('all are recorded', async () => {
        const [recorded] = await given.sql(
          `SELECT count(*) FILTER (WHERE status = 'ended')::int AS ended, count(*)::int AS sessions,
             (SELECT count(*)::int FROM session_counts) AS counts, (SELECT count(*)::int FROM reference_data) AS entities FROM sessions`,
        );
        expect(recorded).toEqual({ ended: 10, sessions: 40, counts: 20, entities: 1 });
      });
      expect(await projection.sessions()).toBe(20);
      await eventuallyPasses('the metrics say so', async () => {
        expect(await metric('marquee_outbox_rows')).toBeGreaterThanOrEqual(1);
        expect(await metric('marquee_outbox_oldest_seconds')).toBeGreaterThan(2);
      });

      memory.mend();
      await expectNothingLeft();
      expect(await projection.epoch()).toBe(epoch);
      expect(await projection.sessions()).toBe(30);
      await eventuallyPasses('the metrics say so', async () => {
        expect(await metric('marquee_outbox_rows')).toBe(0);
        expect(await metric('marquee_outbox_oldest_seconds')).toBe(0);
      });
    });
  });

  it('is told from the outbox when Redis is back, although merging takes too long', async () => {
    const memory = await FaultProxy.listen();
    memory.leadTo(new URL(REDIS_URL).host);
    const app = await given.service({ REDIS_URL: memory.through(REDIS_URL), RECONCILE_EVERY_SECONDS: '86400' });
    const tooLong = new Error('canceling statement due to statement timeout');
    const merge = jest.spyOn(Outbox.prototype, 'merge').mockRejectedValue(tooLong);
    try {
      await eventuallyPasses('it is built', async () => expect(await projection.sessions()).toBe(0));
      memory.refuse();
      await given.send('sessions', event('session.started.v1', randomUUID(), { title: 'Meanwhile' }));
      await eventuallyPasses('merging is tried', async () => expect(merge).toHaveBeenCalled());
      memory.mend();
      await expectNothingLeft();
      expect(await projection.sessions()).toBe(1);
    } finally {
      merge.mockRestore();
      memory.mend();
      await given.stop(app);
      await memory.close();
    }
  });

  describe('is old when it is told', () => {
    let store: SessionStore;
    let outbox: Outbox;
    let epochs: ProjectionEpochs;
    let writers: [ProjectionWriter, ProjectionWriter];

    beforeEach(async () => {
      store = new SessionStore(given.source);
      outbox = new Outbox(given.source);
      epochs = new ProjectionEpochs(given.source);
      const writer = () => new ProjectionWriter({ url: REDIS_URL, tag: given.name });
      writers = [writer(), writer()];
      await rebuild();
    });
    afterEach(() => Promise.all(writers.map((writer) => writer.close())));

    async function rebuild(): Promise<void> {
      const epoch = await epochs.next();
      await writers[0].rebuild(epoch, store.pages(), { begun: () => epochs.begin(epoch) });
    }

    function record(type: string, subject: string, seconds: number) {
      const time = Date.now() + seconds * 1000;
      const sent = { type, subject, source: '/s', id: randomUUID(), sequence: '0', time, data: {} } as never;
      const place = { topic: 't', partition: 0, offset: '0' };
      const origin = { place, record: { key: null, value: null, headers: {}, timestamp: time } };
      const fact = Object.assign({}, sent, { at: time, brokerTime: time });
      const events = [{ event: sent, at: time, brokerTime: time, origin, fact }] as never;
      return store.recordSessionSlice(events, { bad: [], progress: null });
    }

    it('and over by then: a rebuild that read later does not get it back, and the outbox has it', async () => {
      const [slow, quick] = writers.map((writer) => new Teller(writer, outbox, silent)) as [Teller, Teller];
      const id = randomUUID();
      const started = await record('session.started.v1', id, -20);
      const ended = await record('session.ended.v1', id, -10);
      expect(started.changes).toMatchObject([{ kind: 'session', id }]);
      await quick.tell(ended);
      await quick.deleteTold();
      await rebuild();
      await slow.tell(started);
      await slow.deleteTold();
      expect(await projection.sessions()).toBe(0);
      expect(await given.sql('SELECT id FROM outbox')).toEqual([{ id: started.outboxId }]);
      await given.sql(`UPDATE outbox SET since = now() - interval '1 hour'`);
      const [writer] = writers;
      await outbox.tellLeftovers(async (changes, moment) => (await writer.put(changes, moment)).epoch);
      expect(await given.sql('SELECT id FROM outbox')).toEqual([]);
      expect(await projection.differences()).toEqual([]);
    });

    it('and read from the outbox before a rebuild: it is read again', async () => {
      const id = randomUUID();
      await record('session.started.v1', id, -20);
      await given.sql(`UPDATE outbox SET since = now() - interval '1 hour'`);
      const [writer, other] = writers;
      const telling = outbox.tellLeftovers(async (changes, moment) => {
        const { changes: over, outboxId } = await record('session.ended.v1', id, -10);
        await other.put(over, Number(outboxId));
        await rebuild();
        return (await writer.put(changes, moment)).epoch;
      });
      await expect(telling).rejects.toThrow(/too old/);
      expect(await projection.sessions()).toBe(0);
      await outbox.tellLeftovers(async (changes, moment) => (await writer.put(changes, moment)).epoch);
      expect(await projection.differences()).toEqual([]);
    });
  });

  it('by a process that dies before its commit, or before Redis knows, is told by another', async () => {
    await given.service({ RECONCILE_EVERY_SECONDS: '86400' });
    const [id, next] = [randomUUID(), randomUUID()];
    // Commits wait for the test where they note something.
    await given.sql(`CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END'`);
    await given.sql(`CREATE CONSTRAINT TRIGGER wait_for_test AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
    const holder = given.source.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(4711)');
    const waiting = async (): Promise<number[]> => {
      const rows = await given.sql<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      );
      return rows.map(({ pid }) => pid);
    };
    await given.send('sessions', event('session.started.v1', id, { title: 'Its backend dies' }));
    await eventuallyPasses('it is about to commit', async () => expect(await waiting()).toHaveLength(1));
    await given.sql('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [await waiting()]);
    await given.send('sessions', event('session.started.v1', next, { title: 'Behind it' }));
    await holder.query('SELECT pg_advisory_unlock(4711)');
    await holder.release();
    await eventuallyPasses('both are recorded', async () =>
      expect(await given.sql('SELECT id FROM sessions WHERE id = ANY($1)', [[id, next]])).toHaveLength(2),
    );
    await expectNothingLeft();
  });
});
