import { randomUUID } from 'node:crypto';
import { eventually } from './given/eventually';
import { LiveClient } from './given/live-client';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';

const STARTS = 10_000;
/** Each is a list of its own, on the socket and in REST. */
const WORDS = ['alder', 'birch', 'cedar', 'elder', 'hazel', 'larch', 'maple', 'poplar', 'rowan', 'willow'];
/** Of a list at once: fewer than a page has, so that none leaves it for others that are newer. */
const WAVE = 80;

interface Heard {
  upserts?: { id: string }[];
  sessions?: { id: string }[];
}

describe('who hears of a start', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let clients: LiveClient[] = [];

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack(), { REQUESTS_PER_MINUTE: '0' });
    await marquee.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await producer?.close();
    await marquee?.close();
  });

  async function missedIn(list: string, ids: string[]): Promise<string[]> {
    const answer = await fetch(`${marquee.query.url}${list}`);
    const text = await answer.text();
    return ids
      .filter((id) => answer.status !== 200 || !text.includes(id))
      .map((id) => `${answer.status} ${list} ${id}`);
  }

  it('C12: and asks at once finds it in every list, 10 000 times of 10 000', async () => {
    const heard = new Set<string>();
    const asked: Promise<string[]>[] = [];
    clients = WORDS.map((word) => {
      const client = new LiveClient(marquee.gateway.url, { q: word, sort: 'started_at', limit: 200 });
      const hear = ({ upserts, sessions }: Heard) => {
        const ids = (upserts ?? sessions ?? []).map(({ id }) => id).filter((id) => !heard.has(id));
        if (ids.length === 0) return;
        for (const id of ids) heard.add(id);
        for (const list of ['/sessions/live?sort=started_at&', '/sessions?']) {
          asked.push(missedIn(`${list}q=${word}&limit=100`, ids));
        }
      };
      client.socket.on('delta', hear).on('snapshot', hear);
      return client;
    });
    for (let sent = 0; sent < STARTS;) {
      const each = Math.min(WAVE, (STARTS - sent) / WORDS.length);
      const starts = WORDS.flatMap((title) =>
        Array.from({ length: each }, () => event('session.started.v1', randomUUID(), { title, lease_seconds: 1800 })),
      );
      sent += starts.length;
      await producer.send('sessions', ...starts);
      await eventually('all are heard', async () => heard.size === sent || undefined);
      // A list has room for one wave: the next begins when this one was found.
      await Promise.all(asked);
    }
    expect((await Promise.all(asked)).flat()).toEqual([]);
    expect(heard.size).toBe(STARTS);
  }, 600_000);
});
