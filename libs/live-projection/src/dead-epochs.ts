import type Redis from 'ioredis';
import type { Keys } from './keys';

/** A log that was left says for a while where to go, then lapses by itself. */
const ITS_LOG = 'log';

/**
 * Unlinks the keys of epochs that are neither current nor being loaded; the current one's as well while it is not trusted
 * and its successor is being loaded. An epoch greater than the newest known is one that is just beginning.
 */
export async function unlinkDeadEpochs(redis: Redis, keys: Keys): Promise<number> {
  const [current, building, ready] = await redis.hmget(keys.meta, 'epoch', 'building', 'ready');
  const alive = (ready === '1' || !building ? [current, building] : [building]).map(Number);
  const newest = Math.max(...alive);
  let unlinked = 0;
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${escaped(keys.prefix)}*`, 'COUNT', 1000);
    cursor = next;
    for (const key of found) {
      const [epoch, name] = key.slice(keys.prefix.length).split(':');
      if (name === undefined || !(Number(epoch) < newest) || alive.includes(Number(epoch))) continue;
      if (name === ITS_LOG && (await redis.pttl(key)) > 0) continue;
      unlinked += await redis.unlink(key);
    }
  } while (cursor !== '0');
  return unlinked;
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]*?\\^]/g, String.raw`\$&`);
}
