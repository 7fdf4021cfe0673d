import { randomUUID } from 'node:crypto';
import { decodeHeaders, namedHeaders } from '#libs/session-store';
import { Kafka, logLevel } from 'kafkajs';
import { type BadInput, badInputs } from '../../../test/given/bad-input';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const { KAFKA_BROKERS = '' } = process.env;

interface Row {
  topic: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Buffer;
  reason: string;
}

describe('whatever is sent', () => {
  const inputs = badInputs();
  const places = new Map<BadInput, string>();
  const neighbours: string[] = [];
  let given: GivenLifecycle;
  let rows: Map<string, Row>;

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    await given.service();
    const producer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const send = async (topic: string, message: object) => {
      const [sent] = await producer.send({ topic, acks: -1, messages: [message as { value: Buffer | null }] });
      return sent?.baseOffset ?? '';
    };
    for (const input of inputs) {
      const { key, value, headers = {} } = input;
      const topic = given.topic(input.topic);
      places.set(input, `${topic}@${await send(topic, { key, value, headers })}`);
      const neighbour = randomUUID();
      const good = JSON.stringify(event('session.started.v1', neighbour, { title: 'A neighbour' }));
      await send(given.topic('sessions'), { key: neighbour, value: good });
      neighbours.push(neighbour);
    }
    await producer.disconnect();
    await eventuallyPasses('everything is taken', async () => {
      const partitions = await given.sql<{ topic: string; next_offset: string }>('SELECT * FROM ingest_progress');
      for (const { topic, next_offset: next } of partitions) {
        const [bounds] = await given.admin.fetchTopicOffsets(topic);
        expect(next).toBe(bounds?.high);
      }
    });
    const found = await given.sql<Row>('SELECT topic, "offset", key, value, headers, reason FROM quarantine');
    rows = new Map(found.map((row) => [`${row.topic}@${row.offset}`, row]));
  });
  afterAll(() => given?.close());

  it('delays no neighbour, and nothing of it stands in quarantine twice', async () => {
    const recorded = await given.sql('SELECT FROM sessions WHERE id = ANY($1)', [neighbours]);
    expect(recorded).toHaveLength(neighbours.length);
    expect(rows.size).toBe(inputs.filter(({ reason }) => reason !== null).length);
  });

  it.each(inputs.map((input) => [input.what, input.reason ?? 'taken', input] as const))(
    '%s: %s',
    (_what, _reason, input) => {
      const row = rows.get(places.get(input) ?? '');
      if (input.reason === null) {
        expect(row).toBeUndefined();
        return;
      }
      expect(row?.reason).toBe(input.reason);
      expect(row?.key).toEqual(input.key === null ? null : Buffer.from(input.key));
      expect(row?.value).toEqual(input.value);
      const headers = Object.entries(input.headers ?? {}).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map((one) => Buffer.from(one)) : Buffer.from(value),
      ]);
      expect(namedHeaders(decodeHeaders(row?.headers ?? Buffer.alloc(0)))).toEqual(Object.fromEntries(headers));
    },
  );

  it('the same id with other data is a conflict; a count of nobody waits for its session', async () => {
    const [id, unknown] = [randomUUID(), randomUUID()];
    const first = event('session.started.v1', id, { title: 'The first' });
    await given.send('sessions', first, { ...first, data: { title: 'The second' } });
    await given.send('viewers', event('viewers.counted.v1', unknown, { viewer_count: 12 }));
    await eventuallyPasses('both are taken', async () => {
      const conflicts = await given.sql(`SELECT FROM quarantine WHERE reason = 'id-conflict'`);
      expect(conflicts).toHaveLength(1);
      expect(await given.sql('SELECT max_viewers FROM session_counts WHERE session_id = $1', [unknown])).toEqual([
        { max_viewers: 12 },
      ]);
    });
    expect(await given.sql('SELECT title FROM sessions WHERE id = $1', [id])).toEqual([{ title: 'The first' }]);
    await given.send(
      'sessions',
      event('session.started.v1', unknown, { title: 'Late' }, { time: new Date(Date.now() - 60_000).toISOString() }),
    );
    await eventuallyPasses('it is there', async () =>
      expect(await given.sql('SELECT status FROM sessions WHERE id = $1 AND listed', [unknown])).toEqual([
        { status: 'live' },
      ]),
    );
  });
});
