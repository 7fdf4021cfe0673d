import { RawSocketIo } from '../../test/given/raw-socket-io';
import { RawWebSocket } from '../../test/given/raw-websocket';
import { sessionId } from './moving-list';

/** What a crowd is told to do. */
export interface CrowdOrder {
  url: string;
  clients: number;
  perSecond: number;
  /** `marquee`: subscribes to the query. `stock`: a Socket.IO client that says nothing. `raw`: a WebSocket, which says `greeting`. */
  kind: 'marquee' | 'stock' | 'raw';
  query?: object;
  /** Each watches one of so many sessions instead: the first ones have most watchers, as by Zipf's law. */
  watches?: number;
  deflates?: boolean;
  greeting?: string[];
  /** A text of the message that says that a raw client is in. */
  greetedBy?: string;
  /** A text that a raw message holds once for each row. */
  rowMark?: string;
}

/** What all of its clients have got so far. */
export interface CrowdCount {
  /** Those who have what they asked for. */
  ready: number;
  lost: number;
  messages: number;
  bytes: number;
  /** Rows and messages of the first client alone: all are sent the same. */
  rowsOfOne: number;
  messagesOfOne: number;
}

const count: CrowdCount = { ready: 0, lost: 0, messages: 0, bytes: 0, rowsOfOne: 0, messagesOfOne: 0 };

interface Rows {
  upserts?: unknown[];
  removes?: unknown[];
  counts?: unknown[];
}

function heard(bytes: number, isFirst: boolean, rows: () => number): void {
  count.messages += 1;
  count.bytes += bytes;
  if (!isFirst) return;
  count.messagesOfOne += 1;
  count.rowsOfOne += rows();
}

const lost = () => {
  count.lost += 1;
};

function join(order: CrowdOrder, index: number): void {
  const { url, kind, query, watches, deflates = false } = order;
  const isFirst = index === 0;
  if (kind === 'raw') return joinRaw(order, isFirst);
  const client = new RawSocketIo(
    { url, deflates },
    {
      connected: () => {
        if (watches !== undefined) client.emit('watch', { ids: [zipfSession(index, watches)] }, accept);
        else if (kind === 'stock') count.ready += 1;
        else client.emit('subscribe', { v: 1, query }, accept);
      },
      pushed: (bytes, decode) => heard(bytes, isFirst, () => (kind === 'stock' ? 1 : rowsOf(decode()))),
      closed: lost,
    },
  );
}

/** By Zipf's law with exponent 1: the n-th is watched by a share of 1/n. Every run has the same. */
function zipfSession(index: number, sessions: number): string {
  const share = ((index * 7919) % 10_007) / 10_007;
  return sessionId(Math.min(sessions, Math.floor(sessions ** share)));
}

function accept(answer: unknown): void {
  if ((answer as { ok: boolean }).ok) count.ready += 1;
  else lost();
}

function rowsOf([, frame]: unknown[]): number {
  const { upserts = [], removes = [], counts = [] } = frame as Rows;
  return upserts.length + removes.length + counts.length;
}

function joinRaw({ url, greeting = [], greetedBy, rowMark }: CrowdOrder, isFirst: boolean): void {
  let isIn = false;
  const enter = () => {
    isIn = true;
    count.ready += 1;
  };
  const client = new RawWebSocket(
    { url, path: '/' },
    {
      opened: () => {
        for (const text of greeting) client.send(text);
        if (greetedBy === undefined) enter();
      },
      message: ({ payload }) => {
        if (isIn) heard(payload.length, isFirst, () => (rowMark ? payload.toString().split(rowMark).length - 1 : 1));
        else if (greetedBy !== undefined && payload.includes(greetedBy)) enter();
      },
      closed: lost,
    },
  );
}

async function gather(order: CrowdOrder): Promise<void> {
  const startedAt = performance.now();
  for (let joined = 0; joined < order.clients; joined += 1) {
    join(order, joined);
    const ahead = (joined / order.perSecond) * 1000 - (performance.now() - startedAt);
    if (ahead > 5) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
}

process.on('message', (message: CrowdOrder | 'count') => {
  if (message === 'count') process.send?.(count);
  else void gather(message);
});
process.on('disconnect', () => process.exit(0));
