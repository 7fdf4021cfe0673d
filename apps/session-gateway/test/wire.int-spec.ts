import { once } from 'node:events';
import { type Server as HttpServer, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sent } from '#libs/live-list';
import { Counter } from 'prom-client';
import { Server } from 'socket.io';
import { type Socket as Client, io } from 'socket.io-client';
import type { LiveServer, LiveSocket } from '../src/push/live-socket';
import { SocketOutlet } from '../src/push/socket.outlet';
import { canShare, connectionOf } from '../src/push/wire';
import { eventually } from './given';

const place = { view: 'a-view', frame: 7, epoch: 1, seq: 2 };
const delta = (ids: string[]): Sent => ({
  event: 'delta',
  frame: { ...place, prev: 6, removes: ids.map((id) => [id, 'ended']) },
});
/** Around every length that a WebSocket header tells apart, and around the one from which deflating pays. */
const FRAMES: [string, Sent][] = [
  ['a short one', { event: 'heartbeat', frame: { ...place, time: 1 } }],
  ['one of about 126 bytes', delta(['x'.repeat(40)])],
  ['one that is deflated', delta(Array.from({ length: 40 }, (_, index) => `session ${index}`))],
  ['one of more than 64 KiB', delta([...Array(3000).keys()].map((index) => `${index} ${Math.sin(index)}`))],
  ['one in all alphabets', delta(['čeština', '日本語', '🎬🍿', '\u2028', '"\\\n'])],
];

const uncounted = {
  countFrames: () => undefined,
  dismissed: new Counter({ name: 'dismissed', help: 'dismissed', labelNames: ['reason'], registers: [] }),
};

describe.each(['shared', 'stock'] as const)('frames by the %s way', (way) => {
  describe.each([true, false])('to a client that agrees to deflate: %s', (deflates) => {
    let http: HttpServer;
    let server: LiveServer;
    let outlet: SocketOutlet;
    let sockets: LiveSocket[];
    let clients: Client[];
    let received: string[][];

    beforeEach(async () => {
      http = createServer().listen(0, '127.0.0.1');
      await once(http, 'listening');
      const perMessageDeflate = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 2 ** 30 };
      server = new Server(http, { transports: ['websocket'], perMessageDeflate });
      outlet = new SocketOutlet(uncounted, { warn: () => undefined }, way);
      sockets = [];
      server.on('connection', (socket) => sockets.push(socket));
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      const options = { transports: ['websocket'], forceNew: true, perMessageDeflate: deflates ? {} : false };
      clients = [io(url, options as object), io(url, options as object)];
      received = clients.map((client) => {
        const all: string[] = [];
        client.onAny((event, frame) => all.push(JSON.stringify({ event, frame })));
        return all;
      });
      await eventually('all are connected', () => sockets.length === 2);
    });
    afterEach(async () => {
      for (const client of clients) client.close();
      await server.close();
    });

    it.each(FRAMES)('bring %s to a stock client as it was', async (_what, sent) => {
      expect(outlet.broadcast(sent, sockets)).toEqual([]);
      await eventually('it is there', () => received.every((all) => all.length === 1));
      expect(received).toEqual([[JSON.stringify(sent)], [JSON.stringify(sent)]]);
    });

    it('keep the order of all that is sent, acks and pings between them', async () => {
      const expected: string[] = [];
      for (let round = 0; round < 50; round += 1) {
        for (const [, sent] of FRAMES.slice(0, 3)) {
          for (const socket of sockets) outlet.send(sent, socket);
          expected.push(JSON.stringify(sent));
        }
        for (const socket of sockets) socket.emit('reset', { view: 'a', reason: String(round) });
        expected.push(JSON.stringify({ event: 'reset', frame: { view: 'a', reason: String(round) } }));
      }
      await eventually('all are there', () => received.every((all) => all.length === expected.length));
      expect(received).toEqual([expected, expected]);
    });

    it('go to nobody who has not taken what was sent before', async () => {
      const [slow] = sockets;
      const [client] = clients;
      if (!slow || !client) throw new Error('nobody came');
      const { ws } = client.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
      ws.pause();
      const [, large] = FRAMES[3] ?? [];
      if (!large) throw new Error('no frame');
      await eventually('the kernel takes no more for it', () => {
        for (let time = 0; time < 20; time += 1) outlet.send(large, slow);
        return outlet.queued(slow) > 1_000_000;
      });
      expect(outlet.broadcast(delta(['a']), sockets)).toEqual([slow]);
      ws.resume();
      await eventually('it has taken all', () => outlet.queued(slow) === 0);
    });
  });
});

it('frames can be shared with the versions that are pinned', async () => {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: LiveServer = new Server(http, { transports: ['websocket'] });
  const connected = once(server, 'connection') as Promise<[LiveSocket]>;
  const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
    transports: ['websocket'],
    forceNew: true,
  });
  const [socket] = await connected;
  expect(canShare(connectionOf(socket))).toBe(true);
  client.close();
  await server.close();
});
