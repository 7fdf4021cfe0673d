import { LightClient } from '../../test/given/light-client';
import { type CutOrder, type JudgeOrder, type Judged, type ReturnOrder, type Returning, rowText } from './returning';
import { StockClient } from './stock-client';

class ResumingClient extends LightClient implements Returning {
  rows(): string[] {
    return [...this.held.cards.values()].map((card) => rowText(card));
  }
}

const clients: Returning[] = [];
const returnMs: number[] = [];
const returnBytes: number[] = [];

function make({ url, kind, query, awayMs }: ReturnOrder): Returning {
  let coming: { at: number; bytes: number } | undefined;
  let visits = 0;
  const options = {
    url: () => {
      visits += 1;
      coming = { at: performance.now(), bytes: visits > 1 ? client.bytes : 0 };
      return url;
    },
    query,
    awayMs,
    deflates: true,
    changed: () => {
      if (coming && visits > 1) {
        returnMs.push(performance.now() - coming.at);
        returnBytes.push(client.bytes - coming.bytes);
      }
      coming = undefined;
    },
  };
  const client: Returning =
    kind === 'marquee' ? new ResumingClient(options) : new StockClient({ ...options, asksOnce: kind === 'once' });
  return client;
}

async function gather(order: ReturnOrder): Promise<void> {
  for (let joined = 0; joined < order.clients; joined += 1) {
    clients.push(make(order));
    await new Promise((resolve) => setTimeout(resolve, 1000 / order.perSecond));
  }
}

function judge({ rows }: JudgeOrder): Judged {
  const wanted = [...rows].sort().join('\n');
  const correct = clients.filter((client) => client.rows().sort().join('\n') === wanted).length;
  const wrongs = clients.flatMap((client) => client.wrongs).slice(0, 5);
  return { following: clients.filter(({ isFollowing }) => isFollowing).length, correct, returnMs, returnBytes, wrongs };
}

process.on('message', (message: ReturnOrder | CutOrder | JudgeOrder) => {
  if ('cutWithinMs' in message) {
    for (const client of clients) setTimeout(() => client.cut(), Math.random() * message.cutWithinMs);
  } else if ('rows' in message) process.send?.(judge(message));
  else void gather(message);
});
process.on('disconnect', () => process.exit(0));
