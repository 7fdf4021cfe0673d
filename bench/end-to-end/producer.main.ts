import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';

/** What the producer is told to do: for so long, so many events a second. */
export interface ProduceOrder {
  brokers: string;
  topics: { sessions: string; viewers: string };
  /** All that are live; those named first are looked at. */
  subjects: string[];
  looked: number;
  perSecond: number;
  forMs: number;
  /** The first count of a session is one more. */
  countsAbove: number;
}

/** An event that must be seen by everybody, with the time at which Kafka acknowledged it, epoch ms. */
export type Acked =
  | { kind: 'start' | 'end'; id: string; ackedAt: number }
  | { kind: 'count'; id: string; count: number; ackedAt: number };

interface Produced {
  acked: Acked[];
  /** Ends what is still live of what was started: the next load finds the list as this one did. */
  endTheRest: () => Promise<void>;
}

const BATCH_EVERY_MS = 20;
/** A start and an end come two times a second each, one after the other. */
const EDGES_EVERY_BATCHES = 25;
const END_AFTER_BATCHES = 12;
const LIVES = 20;

function eventOf(type: string, subject: string, data: object): { key: string; value: string } {
  const time = new Date().toISOString();
  const event = { specversion: '1.0', id: randomUUID(), source: '/bench/end-to-end', type, subject, time, data };
  return { key: subject, value: JSON.stringify(event) };
}

async function produce(order: ProduceOrder): Promise<Produced> {
  const { brokers, topics, subjects, looked, perSecond, forMs, countsAbove } = order;
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'bench', logLevel: logLevel.NOTHING });
  // Each topic has a connection of its own, else an ack of the few waits behind those of the many.
  const producers = { sessions: kafka.producer(), viewers: kafka.producer() };
  await Promise.all(Object.values(producers).map((producer) => producer.connect()));
  const acked: Acked[] = [];
  const live: string[] = [];
  const sending: Promise<void>[] = [];
  const send = (
    to: keyof typeof producers,
    messages: { key: string; value: string }[],
    told: (ackedAt: number) => Acked[],
  ) => {
    const sent = producers[to].send({ topic: topics[to], acks: -1, messages });
    sending.push(sent.then(() => void acked.push(...told(Date.now()))));
  };
  const start = () => {
    const id = randomUUID();
    live.push(id);
    const data = { title: 'Started while everybody looks', mode: 'rtmp', lease_seconds: 1800 };
    send('sessions', [eventOf('session.started.v1', id, data)], (ackedAt) => [{ kind: 'start', id, ackedAt }]);
  };
  const end = () => {
    const id = live.length > LIVES ? live.shift() : undefined;
    if (id === undefined) return;
    send('sessions', [eventOf('session.ended.v1', id, {})], (ackedAt) => [{ kind: 'end', id, ackedAt }]);
  };
  let counted = 0;
  const counts = (size: number) => {
    const some = Array.from({ length: size }, () => {
      const index = counted % subjects.length;
      const count = countsAbove + Math.floor(counted / subjects.length) + 1;
      counted += 1;
      return { index, id: subjects[index] ?? '', count };
    });
    const messages = some.map(({ id, count }) => eventOf('viewers.counted.v1', id, { viewer_count: count }));
    send('viewers', messages, (ackedAt) =>
      some.filter(({ index }) => index < looked).map(({ id, count }) => ({ kind: 'count', id, count, ackedAt })),
    );
  };
  const startedAt = performance.now();
  for (let batch = 1; performance.now() - startedAt < forMs; batch += 1) {
    if (perSecond > 0) counts((perSecond * BATCH_EVERY_MS) / 1000);
    if (batch % EDGES_EVERY_BATCHES === 0) start();
    if (batch % EDGES_EVERY_BATCHES === END_AFTER_BATCHES) end();
    const aheadMs = startedAt + batch * BATCH_EVERY_MS - performance.now();
    // Acks are heard in between, also when it is late.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, aheadMs)));
  }
  await Promise.all(sending);
  const endTheRest = async () => {
    const messages = live.map((id) => eventOf('session.ended.v1', id, {}));
    await producers.sessions.send({ topic: topics.sessions, acks: -1, messages });
    await Promise.all(Object.values(producers).map((producer) => producer.disconnect()));
  };
  return { acked, endTheRest };
}

let producing: Promise<Produced> | undefined;

// First the order, answered with what was acknowledged; when all have seen that, `tell`.
process.on('message', (message: ProduceOrder | 'tell') => {
  if (message !== 'tell') {
    producing = produce(message);
    void producing.then(({ acked }) => process.send?.(acked));
    return;
  }
  void producing?.then(({ endTheRest }) => endTheRest()).then(() => process.send?.('ended'));
});
process.on('disconnect', () => process.exit(0));
