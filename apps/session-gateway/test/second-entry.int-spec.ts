import { metricsOf } from '../../../test/given/operations';
import { RawWebSocket } from '../../../test/given/raw-websocket';
import { type GivenGateway, GivenProjection, eventually, givenGateway, untilReady } from './given';

const PATH = '/socket.io/?EIO=4&transport=websocket';

/** Packets on one connection, written out. */
class Exchange {
  readonly packets: string[] = [];
  isClosed = false;
  readonly websocket: RawWebSocket;

  constructor(url: string) {
    this.websocket = new RawWebSocket(
      { url, path: PATH },
      {
        message: ({ payload }) => void this.packets.push(payload.toString()),
        closed: () => void (this.isClosed = true),
      },
    );
  }

  async after(packet: string, start: string): Promise<string> {
    const before = this.packets.length;
    this.websocket.send(packet);
    return eventually(`an answer that begins with ${start}`, () =>
      this.packets.slice(before).find((answer) => answer.startsWith(start)),
    );
  }
}

describe('who leaves the namespace and enters again by the same connection', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;
  const closers: (() => unknown)[] = [];

  beforeEach(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.session(1);
    gateway = await givenGateway(projection);
    await untilReady(gateway);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await gateway.close();
    await projection.close();
  });

  it('is served as before', async () => {
    const exchange = new Exchange(gateway.url);
    closers.push(() => exchange.websocket.cut());
    await eventually('it is open', () => exchange.packets.some((packet) => packet.startsWith('0{')));
    await exchange.after('40', '40{');
    expect(await exchange.after('421["subscribe",{"v":1,"query":{}}]', '431')).toContain('"ok":true');
    exchange.websocket.send('41');
    await eventually('it has left', async () => (await metricsOf(gateway.app)).includes('\nmarquee_gateway_sockets 0'));
    await exchange.after('40', '40{');
    expect(await exchange.after('422["subscribe",{"v":1,"query":{}}]', '432')).toContain('"ok":true');
    expect(exchange.isClosed).toBe(false);
  });
});
