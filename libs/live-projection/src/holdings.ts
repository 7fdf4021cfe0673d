import type Redis from 'ioredis';
import { decodeStored } from './encoding';
import { classified } from './errors';
import { HELD, type HeldLetter, type Keys } from './keys';
import { VERSIONS } from './scripts/look';

const KIND_OF = { s: 'session', c: 'counts', r: 'room', h: 'host', p: 'preset' } as const;
const LETTER_OF = { session: 's', counts: 'c', room: 'r', host: 'h', preset: 'p' } as const;
const PER_SCAN = 500;

export type HeldKind = keyof typeof LETTER_OF;

/** One thing that the projection holds. */
export interface Holding {
  kind: HeldKind;
  id: string;
  /** null: what stands there cannot be read. */
  version: number | null;
}

/** All that an epoch holds; what is there throughout is given at least once. */
export async function* heldPages(redis: Redis, keys: Keys, epoch: number): AsyncGenerator<Holding[]> {
  for (const letter of Object.keys(HELD) as HeldLetter[]) {
    const hash = keys.of(epoch)[HELD[letter]];
    let cursor = '0';
    do {
      const [next, found] = await scan(redis, [keys.meta, hash], [epoch, cursor, PER_SCAN]);
      yield found.flatMap((id, at) => (at % 2 === 0 ? [holding(KIND_OF[letter], id, found[at + 1] ?? '')] : []));
      cursor = next;
    } while (cursor !== '0');
  }
}

/** What an epoch holds of some; what is not held is not given. */
export async function heldVersions(
  redis: Redis,
  keys: Keys,
  epoch: number,
  of: readonly Pick<Holding, 'kind' | 'id'>[],
): Promise<Holding[]> {
  const held: Holding[] = [];
  for (const [kind, letter] of Object.entries(LETTER_OF) as [HeldKind, HeldLetter][]) {
    const ids = of.flatMap((one) => (one.kind === kind ? [one.id] : []));
    for (let start = 0; start < ids.length; start += PER_SCAN) {
      const some = ids.slice(start, start + PER_SCAN);
      const texts = await redis.hmget(keys.of(epoch)[HELD[letter]], ...some);
      held.push(...some.flatMap((id, at) => readable(kind, letter, id, texts[at] ?? null)));
    }
  }
  return held;
}

async function scan(redis: Redis, keys: string[], args: (string | number)[]): Promise<[string, string[]]> {
  try {
    return (await VERSIONS.run(redis, keys, args)) as [string, string[]];
  } catch (error) {
    throw classified(error);
  }
}

function holding(kind: HeldKind, id: string, version: string): Holding {
  return { kind, id, version: version === '' ? null : Number(version) };
}

function readable(kind: HeldKind, letter: HeldLetter, id: string, stored: string | null): Holding[] {
  if (stored === null) return [];
  try {
    return [{ kind, id, version: decodeStored(letter, id, stored).version }];
  } catch {
    return [{ kind, id, version: null }];
  }
}
