import { randomUUID } from 'node:crypto';
import { eventually } from './given/eventually';
import { LiveClient } from './given/live-client';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';

/** How many starts; READ_YOUR_EVENTS=10000 is the figure of the design. */
const STARTS = Number(process.env['READ_YOUR_EVENTS'] || 1200);
/** At once: fewer than a page has, so that none leaves it for others that are newer. */
const WAVE = 80;
const LISTS = ['/sessions/live?sort=started_at&limit=100', '/sessions?limit=100'];

describe('who hears of a start', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let client: LiveClient;

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack(), { REQUESTS_PER_MINUTE: '0' });
    await marquee.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
    client = new LiveClient(marquee.gateway.url, { sort: 'started_at', limit: 200 });
    await eventually('it follows', async () => (client.socket.connected ? true : undefined));
  });
  afterAll(async () => {
    client?.close();
    await producer?.close();
    await marquee?.close();
  });

  async function missedIn(list: string, id: string): Promise<string[]> {
    const answer = await fetch(`${marquee.query.url}${list}`);
    const text = await answer.text();
    return answer.status === 200 && text.includes(id) ? [] : [`${answer.status} ${list} ${id}`];
  }

  it('and asks at once finds it in every list, each time', async () => {
    const asked = new Map<string, Promise<string[]>>();
    const hear = ({ upserts, sessions }: { upserts?: { id: string }[]; sessions?: { id: string }[] }) => {
      for (const { id } of upserts ?? sessions ?? []) {
        if (!asked.has(id))
          asked.set(
            id,
            Promise.all(LISTS.map((list) => missedIn(list, id))).then((all) => all.flat()),
          );
      }
    };
    client.socket.on('delta', hear).on('snapshot', hear);
    let sent = 0;
    while (sent < STARTS) {
      const wave = Array.from({ length: Math.min(WAVE, STARTS - sent) }, () => randomUUID());
      sent += wave.length;
      const starts = wave.map((id) => event('session.started.v1', id, { title: 'Heard', lease_seconds: 1800 }));
      await producer.send('sessions', ...starts);
      await eventually('all are heard', async () => (wave.every((id) => asked.has(id)) ? true : undefined));
      // A list has room for one wave: the next begins when this one was found.
      await Promise.all(wave.flatMap((id) => asked.get(id) ?? []));
    }
    expect((await Promise.all(asked.values())).flat()).toEqual([]);
    expect(asked.size).toBe(STARTS);
  }, 600_000);
});
