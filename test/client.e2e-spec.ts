import { randomUUID } from 'node:crypto';
import { type EmitError, type EventInput, Marquee as Client, type LiveUpdate } from '#libs/client';
import { SignJWT } from 'jose';
import { Kafka, logLevel } from 'kafkajs';
import { MarqueeProducer } from '../libs/client/src/kafka';
import { eventuallyPasses } from './given/eventually';
import { Marquee, sharedStack } from './given/marquee';

const JWT_SECRET = 'a secret of at least thirty-two characters';
const SOURCE = '/studio';

describe('the client', () => {
  let marquee: Marquee;
  let client: Client;
  let producer: MarqueeProducer;

  beforeAll(async () => {
    const stack = sharedStack();
    marquee = await Marquee.on(stack, { JWT_SECRET });
    await marquee.start();
    const claims = new SignJWT({ scope: 'events:write', sources: [SOURCE] }).setProtectedHeader({ alg: 'HS256' });
    const token = await claims.setExpirationTime('1h').sign(new TextEncoder().encode(JWT_SECRET));
    client = new Client({
      gateway: marquee.gateway.url,
      api: marquee.query.url,
      events: marquee.lifecycle.url,
      source: SOURCE,
      token,
    });
    const kafka = new Kafka({ brokers: stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
    producer = new MarqueeProducer({ kafka, source: SOURCE, topicPrefix: marquee.name });
  });

  afterAll(async () => {
    client?.close();
    await producer?.close();
    await marquee?.close();
  });

  const idsOf = async (query: Parameters<Client['list']>[0]) => {
    const ids: string[] = [];
    for await (const { id } of client.list(query)) ids.push(id);
    return ids.sort();
  };

  it.each([
    ['HTTP', () => client],
    ['Kafka', () => producer],
  ])('sees in its lists what it emits by %s', async (_way, way) => {
    const [room_id, subject] = [randomUUID(), randomUUID()];
    let seen: LiveUpdate | undefined;
    const removed: LiveUpdate['removed'][number][] = [];
    const live = client.live({ room_id }, (update) => {
      seen = update;
      removed.push(...update.removed);
    });
    const emitted = await way().emit([
      { type: 'session.started.v1', subject, data: { title: 'On air', room_id } },
      { type: 'session.updated.v1', subject, data: { title: 'Renamed' } },
      { type: 'viewers.counted.v1', subject, data: { viewer_count: 7 } },
    ]);
    expect(emitted.map(({ topic }) => topic)).toEqual([
      marquee.topic('sessions'),
      marquee.topic('sessions'),
      marquee.topic('viewers'),
    ]);
    expect(BigInt(emitted[1]?.offset ?? 0)).toBeGreaterThan(BigInt(emitted[0]?.offset ?? 0));

    await eventuallyPasses('it is in the live list, and in the list', async () => {
      expect(seen?.sessions).toMatchObject([{ id: subject, title: 'Renamed', viewer_count: 7 }]);
      expect(await client.list({ room_id, status: 'live' }).page()).toMatchObject({
        total: 1,
        sessions: [{ id: subject, title: 'Renamed', viewer_count: 7 }],
      });
    });

    const { event } = await way().emit({ type: 'session.ended.v1', subject, data: { reason: 'done' } });
    await way().emit(event);
    await eventuallyPasses('it is past', async () => {
      expect({ total: seen?.total, removed }).toEqual({ total: 0, removed: [[subject, 'ended']] });
      expect(await idsOf({ room_id, status: 'ended' })).toEqual([subject]);
    });
    const ends = await marquee.sql(
      `SELECT FROM session_log, json_array_elements(entries::json) AS entry
       WHERE subject = $1 AND entry -> 5 ->> 'type' = 'session.ended.v1' AND entry ->> 3 <> 'duplicate'`,
      [subject],
    );
    expect(ends).toHaveLength(1);
    live.close();
  });

  it('walks over every session once, page by page', async () => {
    const room_id = randomUUID();
    const subjects = Array.from({ length: 7 }, () => randomUUID());
    await client.emit(
      subjects.map((subject): EventInput => ({
        type: 'session.scheduled.v1',
        subject,
        data: { room_id, title: 'Planned', mode: 'webcam' },
      })),
    );
    await eventuallyPasses('all are listed', async () => {
      expect(await idsOf({ room_id, limit: 2 })).toEqual([...subjects].sort());
    });
    const sizes: number[] = [];
    for await (const { sessions } of client.list({ room_id, limit: 3, sort: 'created_at', order: 'asc' }).pages())
      sizes.push(sessions.length);
    expect(sizes).toEqual([3, 3, 1]);
  });

  it.each([
    ['HTTP', () => client],
    ['Kafka', () => producer],
  ])('is told by %s which event is refused and why, and nothing of it is sent', async (_way, way) => {
    const subject = randomUUID();
    const refusal: EmitError = await way()
      .emit([
        { type: 'session.started.v1', subject, data: { title: 'Good' } },
        { type: 'session.started.v1', subject, data: { title: 'x' } },
      ])
      .then(
        () => Promise.reject(new Error('it was taken')),
        (error: EmitError) => error,
      );
    expect(refusal).toMatchObject({
      name: 'EmitError',
      code: 'invalid_body',
      param: '1.data.title',
      refused: [{ index: 1, problems: [{ parameter: 'data.title' }] }],
    });
    await expect(client.list({ ids: subject }).page()).resolves.toMatchObject({ total: 0 });
  });

  it('is told what its query lacks, and that it may not send as others', async () => {
    await expect(client.list({ limit: 101 }).page()).rejects.toMatchObject({
      name: 'MarqueeError',
      status: 400,
      code: 'invalid_query',
      param: 'limit',
    });
    const foreign = client.emit({ type: 'session.heartbeat.v1', subject: randomUUID(), source: '/other' });
    await expect(foreign).rejects.toMatchObject({ status: 403, code: 'forbidden', refused: [{ index: 0 }] });
  });
});
