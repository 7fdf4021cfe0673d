import type { ProjectionChange } from '#libs/contracts';
import type Redis from 'ioredis';
import { decodeStored } from './encoding';
import type { EpochKeys } from './keys';

const ENTRIES_PER_SCAN = 2000;

/** All that an epoch holds. What changes meanwhile may be in it or not: its log has it. */
export async function readState(redis: Redis, keys: EpochKeys): Promise<ProjectionChange[]> {
  const kinds = { r: keys.rooms, h: keys.hosts, p: keys.presets, s: keys.sessions, c: keys.counts };
  const state: ProjectionChange[] = [];
  for (const [letter, key] of Object.entries(kinds)) {
    for await (const found of scan(redis, key)) {
      for (let at = 0; at + 1 < found.length; at += 2) {
        state.push(decodeStored(letter, found[at] ?? '', found[at + 1] ?? ''));
      }
    }
  }
  return state;
}

/** Fields and values in turn. The next part is on its way while one is used. */
async function* scan(redis: Redis, key: string): AsyncGenerator<string[]> {
  const ask = (cursor: string) => {
    const asked = redis.hscan(key, cursor, 'COUNT', ENTRIES_PER_SCAN);
    // Avoids an unhandled rejection; it is awaited in its turn, or not wanted any more.
    asked.catch(() => undefined);
    return asked;
  };
  let asked: ReturnType<typeof ask> | undefined = ask('0');
  while (asked) {
    const [next, found]: [string, string[]] = await asked;
    asked = next === '0' ? undefined : ask(next);
    yield found;
  }
}
