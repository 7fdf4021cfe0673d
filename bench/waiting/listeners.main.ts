import { RawSocketIo } from '../../test/given/raw-socket-io';

/** Listeners of a query. With `at` they are ahead of the gateway: they wait, are refused, and ask again. */
export interface ListenersOrder {
  url: string;
  clients: number;
  perSecond: number;
  query: object;
  at?: [number, number];
}

export interface ListenersReport {
  /** Those who were answered, or asked and wait. */
  ready: number;
  lost: number;
  /** Why the last one was lost. */
  why: string;
  /** How often somebody was told that the gateway is behind. */
  refused: number;
  /** From the write that a card tells of to its arrival, ms, since the last report. */
  delaysMs: number[];
}

/** A title that says when it was written. */
export const titleAt = (now: number) => `written at ${now}`;

const report: ListenersReport = { ready: 0, lost: 0, why: '', refused: 0, delaysMs: [] };

function lost(why: string): void {
  report.lost += 1;
  report.why = why;
}

function listen({ url, query, at }: ListenersOrder): void {
  const ask = () => client.emit('subscribe', { v: 1, query, ...(at && { at }) }, answered);
  const answered = (answer: unknown) => {
    const { ok, code, retry_after_ms: afterMs = 0 } = answer as { ok: boolean; code?: string; retry_after_ms?: number };
    if (ok && !at) report.ready += 1;
    else if (code === 'behind' && at) {
      report.refused += 1;
      setTimeout(ask, afterMs * (1 + Math.random()));
    } else lost(JSON.stringify(answer));
  };
  let last = '';
  const client = new RawSocketIo(
    { url },
    {
      connected: () => {
        if (at) report.ready += 1;
        ask();
      },
      pushed: (_bytes, decode) => {
        const [event, frame] = decode();
        if (event === 'bye') last = JSON.stringify(frame);
        note(event, frame);
      },
      closed: (status, answer) => lost(`closed ${status} ${answer} ${last}`),
    },
  );
}

function note(event: unknown, frame: unknown): void {
  if (event !== 'delta') return;
  const { upserts = [] } = frame as { upserts?: { title: string }[] };
  const writtenAt = Math.max(...upserts.map(({ title }) => Number(title.split(' ').at(-1))));
  if (Number.isFinite(writtenAt)) report.delaysMs.push(Date.now() - writtenAt);
}

async function gather(order: ListenersOrder): Promise<void> {
  const startedAt = performance.now();
  for (let joined = 0; joined < order.clients; joined += 1) {
    listen(order);
    const aheadMs = (joined / order.perSecond) * 1000 - (performance.now() - startedAt);
    if (aheadMs > 5) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
}

process.on('message', (message: ListenersOrder | 'report') => {
  if (message !== 'report') return void gather(message);
  process.send?.(report);
  report.delaysMs = [];
});
process.on('disconnect', () => process.exit(0));
