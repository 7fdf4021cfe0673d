import { randomUUID } from 'node:crypto';
import { GivenRecord, NOW, type Sent, event } from './given-record';

const T = NOW - 3_600_000;
const LEASE = 60;
const PLANNED = { title: 'Planned', mode: 'webcam' };

describe('the log of what a session became otherwise than by its own events', () => {
  let record: GivenRecord;
  let [room, id, other] = ['', '', ''];
  beforeAll(async () => {
    record = await GivenRecord.make();
  });
  afterAll(() => record.close());
  beforeEach(() => {
    [room, id, other] = [randomUUID(), randomUUID(), randomUUID()];
  });

  const at = (second: number) => ({ time: new Date(T + second * 1000).toISOString() });
  /** With a lease, by a broker that got it when it was said, unless it is said otherwise. */
  const started = (session: string, second: number, data: object = {}) =>
    event('session.started.v1', session, { room_id: room, lease_seconds: LEASE, ...data }, at(second));
  const updated = (second: number) => event('session.updated.v1', id, { title: `At ${second}` }, at(second));
  const beat = (second: number) => event('session.heartbeat.v1', id, {}, at(second));
  const ended = (second: number) => event('session.ended.v1', id, { reason: 'done' }, at(second));
  const slice = (...sent: Sent[]) => record.sessionsAt(({ time }) => Date.parse(String(time)), ...sent);
  const look = (second: number) => record.store.checkDue(T + second * 1000);

  /** What the log says of a session: types of events, and of what was derived when and what. */
  async function log(session = id): Promise<string[]> {
    return (await record.logged(session)).map(({ did, at: micros, event: said }) => {
      if (did !== 'derived') return (said as { type: string }).type.split('.')[1] ?? '';
      const { status, health, end_reason: reason } = said as Record<string, string | null>;
      return [(micros / 1000 - T) / 1000, status, health ?? reason].filter((part) => part !== null).join(' ');
    });
  }

  const AS_SENT = (...sent: Sent[]) => sent;
  const REVERSED = (...sent: Sent[]) => sent.toReversed();

  describe.each([
    ['in their order', AS_SENT],
    ['in the other order', REVERSED],
  ])('events of one slice, %s', (_name, order) => {
    it('a takeover beside events of the session’s own', async () => {
      await slice(started(id, 0));
      await slice(...order(updated(5), started(other, 9)));
      expect(await log()).toEqual(['started', 'updated', '9 ended superseded']);
      expect(await log(other)).toEqual(['started']);
    });

    it('a takeover of a session that the slice has begun', async () => {
      await slice(...order(started(id, 0), started(other, 9)));
      expect(await log()).toEqual(['started', '9 ended superseded']);
    });

    it('a start that is taken over again', async () => {
      await slice(started(id, 0), started(other, 9));
      await slice(...order(started(id, 20), started(other, 30)));
      expect(await log()).toEqual(['started', '9 ended superseded', 'started', '30 ended superseded']);
      expect(await log(other)).toEqual(['started', 'started']);
    });

    it('a start and an end, beside somebody else’s start', async () => {
      await slice(started(id, 0));
      await slice(...order(ended(5), started(other, 9)));
      expect(await log()).toEqual(['started', 'ended']);
    });

    it('a revival by a heartbeat, beside an event that revives nobody', async () => {
      await slice(started(id, 0));
      await look(200);
      await slice(...order(updated(175), beat(180)));
      expect(await log()).toEqual(['started', '200 ended lost', 'updated', '180 live ok']);
    });

    it('a revival by a heartbeat, beside another session’s event', async () => {
      await slice(started(id, 0));
      await look(200);
      await slice(...order(beat(190), started(other, 195, { room_id: randomUUID() })));
      expect(await log()).toEqual(['started', '200 ended lost', '190 live ok']);
    });

    it('a session that leaves a room to the one it took over, beside an event of that one', async () => {
      await slice(started(id, 10), started(other, 20));
      const elsewhere = event('session.scheduled.v1', other, { ...PLANNED, room_id: randomUUID() }, at(0));
      await slice(...order(elsewhere, updated(15)));
      expect(await log()).toEqual(['started', '20 ended superseded', 'updated', '15 live ok']);
    });
  });

  it('says a takeover once, whatever its session says later', async () => {
    await slice(started(id, 0), started(other, 9));
    await slice(updated(20));
    await slice(started(randomUUID(), 30));
    expect(await log()).toEqual(['started', '9 ended superseded', 'updated']);
  });

  it('says a takeover by a start that was recorded before', async () => {
    await slice(started(other, 9));
    await slice(started(id, 0));
    expect(await log()).toEqual(['started', '9 ended superseded']);
  });

  it('of a loss says that a start which is late revived its session, and not that a later start did', async () => {
    await slice(started(id, 0));
    await look(200);
    // The producer's clock is behind: it lives when the broker got this.
    await record.sessionsAt(() => T + 190_000, started(id, -5));
    await look(400);
    await slice(started(id, 390));
    expect(await log()).toEqual(['started', '200 ended lost', 'started', '-5 live ok', '400 ended lost', 'started']);
  });

  it('of a loss says nothing where a signal moves only its end', async () => {
    await slice(started(id, 0));
    await look(200);
    await slice(beat(40));
    expect(await record.sql(`SELECT ended_at, end_reason FROM sessions WHERE id = $1`, [id])).toEqual([
      { ended_at: new Date(T + 40_000), end_reason: 'lost' },
    ]);
    expect(await log()).toEqual(['started', '200 ended lost']);
  });

  it('says silence and its end, expiry, and a plan that is made anew', async () => {
    await slice(started(id, 0));
    await look(40);
    await slice(beat(45));
    expect(await log()).toEqual(['started', '40 live reconnecting', '45 live ok']);
    const planned = randomUUID();
    const plan = (second: number) =>
      event(
        'session.scheduled.v1',
        planned,
        { ...PLANNED, room_id: room, scheduled_start_time: at(second).time },
        at(second),
      );
    await slice(plan(-90_000));
    await look(50);
    await slice(plan(-80_000));
    expect(await log(planned)).toEqual(['scheduled', '50 expired', 'scheduled']);
  });

  it.each<[string, (id: string) => Sent[][]]>([
    ['starts and ends', () => [[started(id, 0)], [updated(1)], [ended(2)], [started(id, 3)], [ended(4)]]],
    ['heartbeats', () => [[started(id, 0)], [beat(20)], [beat(40)]]],
    ['a first heartbeat, beside the start', () => [[started(id, 0, { lease_seconds: null }), beat(20)]]],
    ['a first heartbeat, after the start', () => [[started(id, 0, { lease_seconds: null })], [beat(20)], [beat(30)]]],
    ['an end that is told before the start', () => [[ended(5)], [started(id, 0)], [beat(3)]]],
  ])('has nothing of it for %s', async (_name, slices) => {
    for (const sent of slices(id)) await slice(...sent);
    expect((await record.logged(id)).filter(({ did }) => did === 'derived')).toEqual([]);
  });

  it('says nothing twice to a slice that is delivered twice', async () => {
    await slice(started(id, 0));
    const sent = [updated(5), started(other, 9)];
    const from = record.nextOffset;
    await slice(...sent);
    record.nextOffset = from;
    await slice(...sent);
    expect(await log()).toEqual(['started', 'updated', '9 ended superseded']);
  });
});
