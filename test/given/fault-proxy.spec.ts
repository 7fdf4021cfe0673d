import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { eventually } from './eventually';
import { FaultProxy } from './fault-proxy';

describe('the fault proxy', () => {
  let echo: Server;
  let heard: string;
  let proxy: FaultProxy;
  const clients: Socket[] = [];

  beforeEach(async () => {
    heard = '';
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        heard += String(chunk);
        socket.write(chunk);
      });
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await FaultProxy.listen({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    echo.close();
  });

  const client = () => {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    const got = { text: '', ended: null as string | null };
    socket.on('data', (chunk) => (got.text += String(chunk)));
    socket.on('error', ({ message }) => (got.ended = message));
    socket.on('close', () => (got.ended ??= 'closed'));
    return { got, say: (text: string) => socket.write(text) };
  };
  const answered = (one: ReturnType<typeof client>, text: string) =>
    eventually(`it got ${text}`, async () => one.got.text === text || undefined);
  const ended = (one: ReturnType<typeof client>) => eventually('it ended', async () => one.got.ended ?? undefined);

  it('passes on, cuts what there is, and refuses what comes until it is mended', async () => {
    const first = client();
    first.say('a');
    await answered(first, 'a');
    expect(proxy.connections).toBe(1);
    proxy.refuse();
    expect(await ended(first)).toContain('ECONNRESET');
    expect(await ended(client())).toBeTruthy();
    proxy.mend();
    const third = client();
    third.say('b');
    await answered(third, 'b');
  });

  it('holds in a black hole what is said, on old connections and new ones, and passes it on when mended', async () => {
    const first = client();
    first.say('a');
    await answered(first, 'a');
    proxy.hole();
    const second = client();
    first.say('b');
    second.say('c');
    await eventually('the second is accepted', async () => proxy.connections === 2 || undefined);
    expect(heard).toBe('a');
    proxy.mend();
    await answered(first, 'ab');
    await answered(second, 'c');
  });

  it('springs a trap once, on the connection that says the word', async () => {
    const [innocent, guilty] = [client(), client()];
    const sprung = proxy.trap({ on: (chunk) => chunk.includes('COMMIT'), fault: 'cut', forward: true });
    innocent.say('BEGIN');
    await answered(innocent, 'BEGIN');
    guilty.say('COMMIT');
    await sprung;
    expect(await ended(guilty)).toBeTruthy();
    await eventually('the server got it', async () => heard === 'BEGINCOMMIT' || undefined);
    expect(guilty.got.text).toBe('');
    innocent.say('COMMIT');
    await answered(innocent, 'BEGINCOMMIT');
  });

  it('swallows what follows, without the word itself when that is not forwarded', async () => {
    const guilty = client();
    const sprung = proxy.trap({ on: (chunk) => chunk.includes('COMMIT'), fault: 'hole', forward: false });
    guilty.say('COMMIT');
    await sprung;
    guilty.say('again');
    const other = client();
    other.say('x');
    await answered(other, 'x');
    expect(heard).toBe('x');
    expect(guilty.got).toEqual({ text: '', ended: null });
  });
});
