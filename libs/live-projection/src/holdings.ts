import type Redis from 'ioredis';
import { classified } from './errors';
import { heldContents } from './held-contents';
import { heldPages } from './held-pages';
import type { HeldKind, Keys } from './keys';
import { VERSIONS } from './scripts/look';

const PER_SCAN = 500;

/** One thing that the projection holds. */
export interface Holding {
  kind: HeldKind;
  id: string;
  /** null: what stands there cannot be read. */
  version: number | null;
}

/** The versions of all that an epoch holds; what is there throughout is given at least once. */
export async function* versionPages(redis: Redis, keys: Keys, epoch: number): AsyncGenerator<Holding[]> {
  const scan = (hash: string, cursor: string) => scanVersions(redis, [keys.meta, hash], [epoch, cursor, PER_SCAN]);
  for await (const { kind, found } of heldPages(keys.of(epoch), scan)) {
    yield found.map(([id, version]) => ({ kind, id, version: version === '' ? null : Number(version) }));
  }
}

/** The versions that an epoch holds of some; what is not held is not given. */
export async function versionsOf(
  redis: Redis,
  keys: Keys,
  epoch: number,
  of: readonly Pick<Holding, 'kind' | 'id'>[],
): Promise<Holding[]> {
  const held = await heldContents(redis, keys.of(epoch), of);
  return held.map(({ kind, id, change }) => ({ kind, id, version: change?.version ?? null }));
}

async function scanVersions(redis: Redis, keys: string[], args: (string | number)[]): Promise<[string, string[]]> {
  try {
    return (await VERSIONS.run(redis, keys, args)) as [string, string[]];
  } catch (error) {
    throw classified(error);
  }
}
