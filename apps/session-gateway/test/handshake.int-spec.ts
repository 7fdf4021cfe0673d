import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Marquee } from '#libs/client';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { type Socket, io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { type GivenGateway, GivenProjection, eventually, givenGateway, untilReady } from './given';

const JWT_SECRET = 'a secret of at least thirty-two characters';
const shared = new TextEncoder().encode(JWT_SECRET);

type HandshakeError = Error & { data?: { code?: string; error?: string; retry_after_ms?: number } };

describe('a handshake', () => {
  let projection: GivenProjection;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.session(1);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(() => projection.close());

  async function given(env: Record<string, string>): Promise<GivenGateway> {
    const gateway = await givenGateway(projection, env);
    closers.push(() => gateway.close());
    await untilReady(gateway);
    return gateway;
  }

  /** null: it came in. */
  async function enter({ url }: GivenGateway, auth: object): Promise<HandshakeError['data'] | null> {
    const socket: Socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth });
    closers.push(() => socket.disconnect());
    return new Promise((resolve) => {
      socket.on('connect', () => resolve(null));
      socket.on('connect_error', (error: HandshakeError) => resolve(error.data));
    });
  }

  it.each([{}, { token: null }, { token: undefined }, { token: '' }])(
    'by nobody (%j) is the public’s',
    async (auth) => {
      expect(await enter(await given({ JWT_SECRET }), auth)).toBeNull();
    },
  );

  it('is refused with a token that opens nothing, and says why', async () => {
    const gateway = await given({ JWT_SECRET });
    const expired = await new SignJWT({ exp: 1 }).setProtectedHeader({ alg: 'HS256' }).sign(shared);
    expect(await enter(gateway, { token: expired })).toEqual({ code: 'unauthorized', error: 'the token has expired' });
    for (const token of ['x', ' ', 5, false, {}]) {
      expect(await enter(gateway, { token })).toMatchObject({ code: 'unauthorized' });
    }
    const late = new SignJWT({ exp: Math.floor(Date.now() / 1000) - 2 }).setProtectedHeader({ alg: 'HS256' });
    expect(await enter(gateway, { token: await late.sign(shared) })).toBeNull();
  });

  it('ends a connection that shows one bad token after another', async () => {
    const { url } = await given({ JWT_SECRET });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    closers.push(() => socket.terminate());
    let refused = 0;
    socket.on('message', (data: Buffer) => {
      if (data.toString().startsWith('44')) refused += 1;
    });
    await once(socket, 'open');
    for (let n = 0; n < 50; n += 1) socket.send(`40{"token":"guess ${n}"}`);
    await once(socket, 'close');
    expect(refused).toBeLessThanOrEqual(3);
  });

  it('is put off while the key set is out of reach: the client comes again, and in', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
    let status = 500;
    const server: Server = createServer((_request, response) => response.writeHead(status).end(keys));
    server.listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    const gateway = await given({ JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    const signed = new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setExpirationTime('1h');
    const token = await signed.sign(privateKey);

    expect(await enter(gateway, { token })).toEqual({
      code: 'unavailable',
      error: 'tokens cannot be verified now',
      retry_after_ms: 1000,
    });
    const client = new Marquee({ gateway: gateway.url, token });
    closers.push(() => client.close());
    client.live({}, () => undefined);
    await eventually('it is put off', () => client.status.trouble === 'unavailable');
    status = 200;
    await eventually('it is in', () => client.status.state === 'connected', 20_000);
  });
});
