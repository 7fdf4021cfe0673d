import { join } from 'node:path';
import { io } from 'socket.io-client';
import { io as io3 } from 'socket.io-client-3';
import io2 from 'socket.io-client-2';
import { type GivenGateway, GivenProjection, eventually, givenGateway } from '../../../apps/session-gateway/test/given';
import { type Python, makePython } from '../python';

/** What all of these clients have in common. */
interface Client {
  on(event: string, heard: (value: unknown) => void): unknown;
  emit(event: string, ...values: unknown[]): unknown;
  close(): unknown;
}

interface Said {
  what: string;
  value: Record<string, unknown> | string;
}

const ONCE = { reconnection: false, forceNew: true };
const SUBSCRIBE = { v: 1, query: { sort: 'viewer_count', limit: 5 } };
const BY_WEBSOCKET = "{ transports: ['websocket'] }";

jest.setTimeout(60_000);

describe('clients of others', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;
  const clients: Client[] = [];

  const meet = (client: unknown) => {
    const one = client as Client;
    clients.push(one);
    const said: Said[] = [];
    for (const event of ['connect', 'connect_error', 'error', 'disconnect', 'snapshot']) {
      one.on(event, (value) => said.push({ what: event, value: errorText(value) }));
    }
    return { one, said, heard: (what: string) => said.find((each) => each.what === what)?.value };
  };

  beforeAll(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.session(1);
    gateway = await givenGateway(projection);
    await eventually('it is ready', async () => (await fetch(`${gateway.url}/health/ready`)).ok);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => {
    await gateway?.close();
    await projection?.close();
  });

  it.each([
    ['socket.io-client 4', () => io(gateway.url, { ...ONCE, transports: ['websocket'] })],
    ['socket.io-client 3', () => io3(gateway.url, { ...ONCE, transports: ['websocket'] })],
  ])('%s gets the list by websocket, with an ack and without', async (_what, open) => {
    const acked = meet(open());
    const answer = await new Promise((resolve) => acked.one.emit('subscribe', SUBSCRIBE, resolve));
    expect(answer).toMatchObject({ ok: true, mode: 'snapshot', total: 1 });
    expect(await eventually('the list is there', () => acked.heard('snapshot'))).toMatchObject({ total: 1 });

    const plain = meet(open());
    plain.one.emit('subscribe', SUBSCRIBE);
    expect(await eventually('the list is there', () => plain.heard('snapshot'))).toMatchObject({ total: 1 });
    plain.one.emit('subscribe', { v: 1, query: { limit: 0 } });
    expect(await eventually('it is told', () => plain.heard('error'))).toMatchObject({
      event: 'subscribe',
      code: 'invalid_query',
      error: expect.stringContaining('query.limit'),
    });
  });

  it.each([
    ['socket.io-client 4', () => io(gateway.url, { forceNew: true })],
    ['socket.io-client 3', () => io3(gateway.url, { forceNew: true })],
  ])('%s that begins with polling, as it does by default, shows what to do', async (_what, open) => {
    const { said, heard } = meet(open());
    const error = await eventually('it is refused', () => heard('connect_error'));
    expect(error).toContain(BY_WEBSOCKET);
    expect(said[0]?.what).toBe('connect_error');
    expect(said.map(({ what }) => what)).not.toContain('connect');
  });

  it('socket.io-client 4 does not try again then', async () => {
    const { one, heard } = meet(io(gateway.url, { forceNew: true }));
    await eventually('it is refused', () => heard('connect_error'));
    const { io: manager } = one as unknown as { io: Record<string, unknown> };
    expect(manager['_readyState']).toBe('closed');
  });

  it.each([
    ['by polling', {}],
    ['by websocket', { transports: ['websocket'] }],
  ])('socket.io-client 2 %s shows that it is too old, and does not try again', async (_what, options) => {
    const { one, heard } = meet(io2(gateway.url, { forceNew: true, ...options }));
    const error = await eventually('it is refused', () => heard('error'));
    expect(error).toContain('socket.io-client 3 or 4');
    expect(error).toContain(BY_WEBSOCKET);
    await eventually('it has given up', () => {
      const { readyState, skipReconnect } = (one as unknown as { io: { readyState: string; skipReconnect: boolean } })
        .io;
      return readyState === 'closed' && skipReconnect;
    });
    expect(heard('snapshot')).toBeUndefined();
  });

  describe('python-socketio', () => {
    let python: Python | string;
    beforeAll(async () => {
      python = await makePython(join(__dirname, 'requirements.txt'));
      if (typeof python === 'string') process.stderr.write(`skipped, python-socketio: ${python}\n`);
    });
    afterAll(() => {
      if (typeof python !== 'string') python?.remove();
    });

    /** What it said, while a session starts as soon as it has the list. */
    const hear = async (way: string): Promise<Said[]> => {
      if (typeof python === 'string') return [];
      const said = python.run(join(__dirname, 'subscribe.py'), [gateway.url, way]);
      const starts = way === 'polling' ? undefined : setInterval(() => void projection.session(2, {}), 200);
      const lines = (await said.finally(() => clearInterval(starts))).trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Said);
    };

    it('gets the list and its changes without acks, as it is usually written; a refusal is an error event', async () => {
      if (typeof python === 'string') return;
      const said = await hear('plain');
      expect(said.map(({ what }) => what)).toEqual(expect.arrayContaining(['snapshot', 'delta', 'error']));
      expect(said.find(({ what }) => what === 'error')?.value).toMatchObject({ code: 'invalid_query' });
    });

    it('gets them with acks', async () => {
      if (typeof python === 'string') return;
      const said = await hear('acked');
      expect(said.filter(({ what }) => what === 'ack').map(({ value }) => value)).toMatchObject([
        { ok: true },
        { ok: false, code: 'invalid_query' },
      ]);
      expect(said.some(({ what }) => what === 'error')).toBe(false);
    });

    it('that begins with polling is told what to do', async () => {
      if (typeof python === 'string') return;
      expect(JSON.stringify(await hear('polling'))).toContain(BY_WEBSOCKET);
    });
  });
});

/** Of an error its sentence. */
function errorText(value: unknown): Said['value'] {
  return value instanceof Error ? value.message : (value as Said['value']);
}
