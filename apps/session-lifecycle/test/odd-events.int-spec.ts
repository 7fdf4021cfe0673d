import { randomUUID } from 'node:crypto';
import { ApiKeys } from '#libs/session-store';
import { eventuallyPasses } from '../../../test/given/eventually';
import {
  type OddEvent,
  type OddHttpEvent,
  type OddKafkaEvent,
  isKafka,
  nearest,
  oddEvents,
} from '../../../test/given/odd-events';
import { event } from '../../../test/given/producer';
import { produceRaw } from '../../../test/given/raw-producer';
import { rawRequest } from '../../../test/given/raw-request';
import { GivenLifecycle } from './given-lifecycle';

const DAY_MS = 86_400_000;
const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);

type Keyed = Record<string, unknown>;
interface Accepted {
  topic: string;
  offset: string;
}
/** Where an event went: to a place in Kafka, to nowhere, or back. */
type Sent = { place: string } | { accepted: 0 } | { refused: { status: number; code: string; parameters: string[] } };

describe('odd events, sent', () => {
  const all = oddEvents(yesterday);
  const sent = new Map<OddEvent, Sent>();
  const neighbours = { sessions: randomUUID(), viewers: randomUUID(), directory: randomUUID() };
  let given: GivenLifecycle;
  let quarantined: Map<string, Keyed[]>;
  let recorded: Map<string, Keyed[]>;
  let stands: Error | void;

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    const app = await given.service({
      // A third of what is sent here is bad, which is a storm anywhere else.
      QUARANTINE_STORM_RECORDS: '1000',
      REQUESTS_PER_MINUTE_KNOWN: '100000',
      // There are leap seconds among it, and those are years ago.
      EVENT_HORIZON_DAYS: '20000',
      EVENTS_KEEP_DAYS: '30000',
      UNLISTED_KEEP_DAYS: '30000',
      DELETED_KEEP_DAYS: '30000',
    });
    const url = await app.getUrl();
    const key = (await new ApiKeys(given.source).create({ name: 'odd', scopes: ['events:write'], sources: null })).text;
    const { brokers } = await given.admin.describeCluster();
    const leader = `${brokers[0]?.host}:${brokers[0]?.port}`;
    for (const one of all) {
      const way = isKafka(one) ? viaKafka(leader, one) : viaHttp(url, key, one);
      sent.set(one, await way);
    }
    await given.send('sessions', event('session.started.v1', neighbours.sessions, { title: 'Behind them' }));
    await given.send('viewers', event('viewers.counted.v1', neighbours.viewers, { viewer_count: 1 }));
    await given.send('directory', event('room.changed.v1', neighbours.directory, { title: 'Behind them' }));
    // Where a topic stands, what was taken before it is judged all the same.
    stands = await eventuallyPasses('every partition is read to its end', readToTheEnd, 60_000).catch(
      (error: Error) => error,
    );
    quarantined = grouped(await given.sql('SELECT topic || \'@\' || "offset" AS key, reason FROM quarantine'));
    recorded = grouped([
      ...(await given.sql<Keyed>('SELECT id AS key, title, listed FROM sessions')),
      ...(await given.sql<Keyed>('SELECT session_id AS key, viewer_count FROM session_counts')),
      ...(await given.sql<Keyed>("SELECT id AS key, kind, state ->> 'title' AS title FROM reference_data")),
    ]);
  });
  afterAll(() => given?.close());

  it('delay no neighbour: every partition is read to its end', () => {
    expect(stands?.cause ?? stands).toBeUndefined();
    expect(Object.values(neighbours).filter((id) => !recorded.has(id))).toEqual([]);
  });

  it('are each in quarantine once, or not at all', () => {
    expect([...quarantined.values()].filter((rows) => rows.length > 1)).toEqual([]);
  });

  it.each(all.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const seen = outcomeOf(one);
    expect(seen).toMatchObject(nearest(one.becomes.map(visible), seen) ?? {});
  });

  async function viaKafka(leader: string, { topic, ...message }: OddKafkaEvent): Promise<Sent> {
    const name = given.topic(topic);
    return { place: `${name}@${await produceRaw(leader, name, 0, message)}` };
  }

  async function readToTheEnd(): Promise<void> {
    const progress = await given.sql<{ topic: string; next_offset: string }>('SELECT * FROM ingest_progress');
    for (const name of ['sessions', 'viewers', 'directory'] as const) {
      const [bounds] = await given.admin.fetchTopicOffsets(given.topic(name));
      const row = progress.find(({ topic }) => topic === given.topic(name));
      expect({ name, next: row?.next_offset }).toEqual({ name, next: bounds?.high });
    }
  }

  /** Of an event that is here: its reason in quarantine, else what stands in the record of its subject. */
  function outcomeOf(one: OddEvent): object {
    const way = sent.get(one);
    if (!way) throw new Error('it was not sent');
    if ('refused' in way) {
      const expected = one.becomes.find((right) => 'refused' in right)?.refused.parameter;
      const { parameters, ...rest } = way.refused;
      return { refused: { ...rest, parameter: parameters.find((name) => name === expected) ?? parameters[0] } };
    }
    if ('accepted' in way) return way;
    const [row] = quarantined.get(way.place) ?? [];
    if (row) return { quarantined: row['reason'] };
    const subject = one.becomes.find((right) => 'recorded' in right)?.recorded.subject ?? 'none';
    return { recorded: recorded.get(subject)?.[0] ?? 'nothing' };
  }
});

function grouped(rows: Keyed[]): Map<string, Keyed[]> {
  const byKey = new Map<string, Keyed[]>();
  for (const row of rows) {
    const key = String(row['key']);
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return byKey;
}

/** What of an outcome stands in the record. */
function visible(right: OddEvent['becomes'][number]): object & OddEvent['becomes'][number] {
  if (!('recorded' in right)) return right;
  const { tombstone, type = '', data = {} } = right.recorded;
  const { title, viewer_count } = data;
  const shown = {
    ...(tombstone && { kind: null }),
    ...(title !== undefined && { title }),
    ...(viewer_count !== undefined && { viewer_count }),
    ...(/scheduled|started/.test(type) && { listed: true }),
  };
  return { recorded: shown } as never;
}

async function viaHttp(url: string, key: string, { headers, value }: OddHttpEvent): Promise<Sent> {
  const body = value ?? Buffer.alloc(0);
  const lines = headers.flatMap(({ name, value: text }) => [name, Buffer.from(': '), text ?? Buffer.alloc(0), CRLF]);
  const own = Buffer.from(`Host: a\r\nX-API-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n`);
  const request = Buffer.concat([Buffer.from('POST /events HTTP/1.1\r\n'), ...lines, own, body]);
  const { status, text } = await rawRequest(url, request);
  const answer = JSON.parse(text) as {
    data?: { accepted: Accepted[] };
    code: string;
    details: { parameter: string }[];
  };
  if (status !== 202) {
    const parameters = answer.details.map(({ parameter }) => parameter);
    return { refused: { status, code: answer.code, parameters } };
  }
  const [first] = answer.data?.accepted ?? [];
  return first ? { place: `${first.topic}@${first.offset}` } : { accepted: 0 };
}

const CRLF = Buffer.from('\r\n');
