import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type GivenGateway, GivenProjection, eventually, givenGateway, untilReady } from './given';
import { readinessOf } from '../../../test/given/operations';

const DOCUMENT = join(__dirname, '../../../docs/protocol.md');
const PING = '2';
const HEARTBEAT = '42["heartbeat"';
/** Where a view was framed just now, who comes back is given that frame, and the change after it. */
const LONGER_THAN_FRAMES_ARE_APART_MS = 200;

/** What happens in the world, as the document says it. */
const HAPPENINGS: Record<string, (projection: GivenProjection) => Promise<unknown>> = {
  'session 3 starts': (projection) => projection.session(3),
  'session 1 is counted: 1234 watch': (projection) => projection.count(1, 1234),
  'session 2 ends': (projection) => projection.end(2),
};

interface Step {
  who: 'client' | 'server' | 'world';
  text: string;
}

/** The lines of the block below the heading "A worked exchange". */
function workedExchange(): Step[] {
  const [, block = ''] = /## A worked exchange[^]*?```text\n([^]*?)```/.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  const who = { '→': 'client', '←': 'server', '*': 'world' } as const;
  return block
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [mark = '', ...words] = line.split(' ');
      if (!(mark in who)) throw new Error(`docs/protocol.md: whose line is this? ${line}`);
      return { who: who[mark as keyof typeof who], text: words.join(' ') };
    });
}

/**
 * The document's numbers and those of this run: frames, epochs, positions and times differ, but each of the document
 * stands for the same one of the run all along.
 */
class Numbers {
  private readonly ours = new Map<string, unknown>();
  private readonly theirs = new Map<unknown, string>();

  /** Throws where the same number of the document stands for two of the run, or two for the same. */
  meet(kind: string, written: unknown, given: unknown): void {
    const [here, there] = [`${kind} ${String(written)}`, `${kind} ${String(given)}`];
    const known = this.ours.get(here) ?? given;
    const same = this.theirs.get(there) ?? here;
    if (known !== given || same !== here) throw new Error(`${here} stands for ${String(known)}, and is ${there}`);
    this.ours.set(here, given);
    this.theirs.set(there, here);
  }

  of(kind: string, written: number): unknown {
    const known = this.ours.get(`${kind} ${written}`);
    if (known === undefined) throw new Error(`the document has named no ${kind} ${written} before`);
    return known;
  }
}

const KINDS: Record<string, string> = { frame: 'frame', prev: 'frame', epoch: 'epoch', seq: 'seq' };
const ANY = new Set(['sid', 'time']);

/** The document's value with the run's numbers in their places. */
function inThisRun(written: unknown, given: unknown, numbers: Numbers): unknown {
  if (Array.isArray(written)) {
    return written.map((item, at) => inThisRun(item, Array.isArray(given) ? given[at] : undefined, numbers));
  }
  if (typeof written !== 'object' || written === null) return written;
  const there = (given ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => {
      const kind = KINDS[key];
      if (ANY.has(key) && typeof there[key] === typeof value) return [key, there[key]];
      if (!kind || typeof value !== 'number') return [key, inThisRun(value, there[key], numbers)];
      numbers.meet(kind, value, there[key]);
      return [key, there[key]];
    }),
  );
}

/** A packet: its type and number, and its payload. */
function packet(text: string): { head: string; payload: unknown } {
  const [head = ''] = /^\d*/.exec(text) ?? [];
  const rest = text.slice(head.length);
  return { head, payload: rest === '' ? undefined : JSON.parse(rest) };
}

describe('docs/protocol.md', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;

  beforeAll(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.sessions([1, 2]);
    gateway = await givenGateway(projection);
    await untilReady(gateway);
  });
  afterAll(async () => {
    await gateway?.close();
    await projection?.close();
  });

  /** Until the gateway knows of it. */
  async function happen(text: string): Promise<void> {
    const happening = HAPPENINGS[text];
    if (!happening) throw new Error(`docs/protocol.md: nobody knows how to make happen: ${text}`);
    const before = await position(gateway);
    await happening(projection);
    await eventually(`the gateway knows that ${text}`, async () => (await position(gateway)) !== before);
  }

  it('shows an exchange that a gateway has with a client that knows nothing but websockets', async () => {
    const numbers = new Numbers();
    const steps = workedExchange();
    expect(steps.length).toBeGreaterThan(20);
    let socket: WebSocket | undefined;
    let heard: string[] = [];
    for (const { who, text } of steps) {
      if (who === 'world' && text === 'the client connects') {
        heard = [];
        socket = await connected(gateway.url, heard);
      } else if (who === 'world' && text === 'the connection breaks') {
        socket?.terminate();
        await new Promise((resolve) => setTimeout(resolve, LONGER_THAN_FRAMES_ARE_APART_MS));
      } else if (who === 'world') {
        await happen(text);
      } else if (who === 'client') {
        socket?.send(
          text.replace(/"at":\[(\d+),(\d+)\]/, (_all, epoch: string, seq: string) => {
            return `"at":${JSON.stringify([numbers.of('epoch', Number(epoch)), numbers.of('seq', Number(seq))])}`;
          }),
        );
      } else {
        const given = packet(await eventually(`it says ${text}`, () => heard.shift()));
        const { head, payload } = packet(text);
        expect(given).toEqual({ head, payload: inThisRun(payload, given.payload, numbers) });
      }
    }
    socket?.terminate();
    expect(heard).toEqual([]);
  });
});

/** Of what the gateway has followed. */
async function position({ app }: GivenGateway): Promise<number> {
  const { text } = await readinessOf(app);
  const [, seq] = /"seq":(\d+)/.exec(text) ?? [];
  if (seq === undefined) throw new Error(`no position: ${text}`);
  return Number(seq);
}

/** Answers pings, as each client must; notes everything else but heartbeats, which come when nothing does. */
async function connected(url: string, heard: string[]): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text === PING) socket.send('3');
    else if (!text.startsWith(HEARTBEAT)) heard.push(text);
  });
  await once(socket, 'open');
  return socket;
}
