import { EVENT_TYPES } from '#libs/contracts';
import { type CloudEvent, EmitError, type EventInput, Marquee } from '../src';
import { EventBuilder } from '../src/emit/event-builder';
import { type EventType, topicOf } from '../src/emit/event';
import { newId } from '../src/emit/new-id';
import { portionsOf } from '../src/emit/portions';
import { refusedBeforehand } from '../src/kafka/judge';
import { type Scripted, ScriptedFetch, refusal } from './scripted-fetch';

const SESSION = '5b7c7a10-2f6e-4c1e-9c3a-000000000001';
const started = (title = 'Hello', more: object = {}): EventInput => ({
  type: 'session.started.v1',
  subject: SESSION,
  data: { title },
  ...more,
});
const accepted = (...ids: string[]): Scripted => ({
  status: 202,
  body: {
    success: true,
    data: {
      accepted: ids.map((id, index) => ({ index, id, source: '/s', topic: 't', partition: 1, offset: String(index) })),
    },
    timestamp: 1,
  },
});
const given = (server: ScriptedFetch) =>
  new Marquee({ events: 'http://door.example', source: '/s', fetch: server.fetch, tries: 3 });
const sentBy = (server: ScriptedFetch, request = 0) =>
  JSON.parse(server.requests[request]?.body ?? '[]') as CloudEvent[];

describe('an event that is built', () => {
  it('is later than the one before of its subject, whatever the clock does', () => {
    const clock = [1000, 1000, 400, 5000];
    const builder = new EventBuilder('/s', () => clock.shift() ?? 5000);
    const events = Array.from({ length: 4 }, () => builder.build(started()));
    const times = events.map(({ time }) => Date.parse(time));
    expect(times).toEqual([1000, 1001, 5000, 5001]);
    const sequences = events.map(({ sequence }) => BigInt(sequence));
    expect(sequences).toEqual([...sequences].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(sequences).size).toBe(4);
  });

  it('does not wait for other subjects', () => {
    const builder = new EventBuilder('/s', () => 1000);
    const other = { ...started(), subject: SESSION.replace(/1$/, '2') };
    expect([started(), other].map((input) => Date.parse(builder.build(input).time))).toEqual([1000, 1000]);
    expect(Date.parse(builder.build({ ...started(), subject: SESSION.toUpperCase() }).time)).toBe(1001);
  });

  it('keeps what it was given, and is itself when it is built again', () => {
    const builder = new EventBuilder('/s', () => 1000);
    const whole = started('x', { id: 'i', source: '/o', time: 0, sequence: 7 });
    const built = builder.build(whole);
    expect(built).toMatchObject({ id: 'i', source: '/o', time: '1970-01-01T00:00:00.000Z', sequence: '7' });
    expect(builder.build(built)).toEqual(built);
    expect(() => new EventBuilder(undefined).build(started())).toThrow('needs a source');
  });

  it('has an id where the page is not secure as well', () => {
    const random = jest.spyOn(crypto, 'randomUUID');
    expect(newId()).toHaveLength(36);
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    const ids = [newId(), newId()];
    Reflect.deleteProperty(crypto, 'randomUUID');
    random.mockRestore();
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('goes to the topic of its type', () => {
    for (const [type, { topic }] of EVENT_TYPES) expect([type, topicOf(type as EventType)]).toEqual([type, topic]);
  });

  it('is one that Marquee reads, or is refused by the same rules', () => {
    const builder = new EventBuilder('/s');
    const good = builder.build(started('Good'));
    const bad = builder.build(started('x'));
    expect(refusedBeforehand([good, bad])).toEqual([
      { index: 1, event: bad, problems: [{ parameter: 'data.title', message: expect.any(String) as string }] },
    ]);
    const large = builder.build(started('Good', { extra: 'x'.repeat(1_000_000) }));
    expect(refusedBeforehand([large])[0]?.problems[0]?.message).toContain('at most 1000000 bytes');
  });
});

describe('what is emitted by HTTP', () => {
  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('comes back with its place: one for one, several for several', async () => {
    const server = new ScriptedFetch(accepted('a'), accepted('a', 'b'));
    const marquee = given(server);
    const one = await marquee.emit(started());
    expect(one).toMatchObject({ event: { type: 'session.started.v1', source: '/s' }, topic: 't', offset: '0' });
    const two = await marquee.emit([started('A'), started('B')]);
    expect(two.map(({ event, offset }) => [event.data, offset])).toEqual([
      [{ title: 'A' }, '0'],
      [{ title: 'B' }, '1'],
    ]);
    expect(server.requests[0]?.headers.get('content-type')).toBe('application/cloudevents-batch+json');
  });

  it('is the same event at every try', async () => {
    const server = new ScriptedFetch('lost', refusal(503, 'unavailable'), accepted('a'));
    await given(server).emit(started());
    expect(server.requests).toHaveLength(3);
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
    expect(sentBy(server)).toHaveLength(1);
  });

  it('can be given again when it was not sent, and is still the same', async () => {
    const server = new ScriptedFetch('lost', 'lost', 'lost', accepted('a'));
    const marquee = given(server);
    const error = await marquee.emit([started()]).catch((thrown: unknown) => thrown);
    if (!(error instanceof EmitError)) throw new Error('it was sent');
    expect(error).toMatchObject({ code: 'network', isTransient: true, emitted: [], refused: [] });
    await marquee.emit(error.unsent);
    expect(sentBy(server, 3)).toEqual(sentBy(server, 0));
  });

  it('that is refused is named, with the place in it', async () => {
    const server = new ScriptedFetch(
      refusal(400, 'invalid_body', [
        { parameter: '1.data.title', message: 'too short' },
        { parameter: '2', message: 'too large' },
      ]),
    );
    const error = await given(server)
      .emit([started('A'), started('x'), started('C')])
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 400,
      param: '1.data.title',
      refused: [
        { index: 1, event: { data: { title: 'x' } }, problems: [{ parameter: 'data.title', message: 'too short' }] },
        { index: 2, problems: [{ parameter: '(whole)', message: 'too large' }] },
      ],
    });
    expect((error as EmitError).unsent).toHaveLength(3);
  });

  it('goes in as many requests as the door takes, in order; what was taken before a refusal is told', async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => String(index));
    const server = new ScriptedFetch(
      accepted(...ids),
      refusal(400, 'invalid_body', [{ parameter: '0.id', message: 'no' }]),
    );
    const error = await given(server)
      .emit(Array.from({ length: 1001 }, () => started()))
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof EmitError)) throw new Error('it was sent');
    expect([error.emitted.length, error.unsent.length, error.refused[0]?.index]).toEqual([1000, 1, 1000]);
  });

  it('is cut by size as well, whatever its letters take', () => {
    const builder = new EventBuilder('/s');
    const events = ['\u00e9'.repeat(300), 'b', 'c'].map((title) => builder.build(started(title)));
    const bytes = Buffer.byteLength(JSON.stringify(events.slice(0, 2)));
    const cut = portionsOf(events, { events: 10, bytes: bytes + 1 });
    expect(cut.map(({ from, events: own }) => [from, own.length])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    for (const { body } of cut) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(bytes);
    expect(portionsOf(events, { events: 10, bytes: bytes - 1 })[0]?.events).toHaveLength(1);
    expect(cut.flatMap(({ body }) => JSON.parse(body) as CloudEvent[])).toEqual(events);
  });
});
