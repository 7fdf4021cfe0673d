import type { ProjectionChange } from '#libs/contracts';
import type Redis from 'ioredis';
import { decodeStored } from './encoding';
import { type EpochKeys, HASH_OF, type HeldKind, LETTER_OF } from './keys';

const ENTRIES_PER_SCAN = 2000;
/** What sessions are shown with comes before them. */
const KINDS: readonly HeldKind[] = ['room', 'host', 'preset', 'session', 'counts'];

/** All that an epoch holds. What changes meanwhile may be in it or not: its log has it. */
export async function readState(redis: Redis, keys: EpochKeys): Promise<ProjectionChange[]> {
  const state: ProjectionChange[] = [];
  for (const kind of KINDS) {
    for await (const found of scan(redis, keys[HASH_OF[kind]])) {
      for (let at = 0; at + 1 < found.length; at += 2) {
        state.push(decodeStored(LETTER_OF[kind], found[at] ?? '', found[at + 1] ?? ''));
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
