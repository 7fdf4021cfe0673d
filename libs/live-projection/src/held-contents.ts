import type { ProjectionChange } from '#libs/contracts';
import type Redis from 'ioredis';
import { decodeStored } from './encoding';
import { type EpochKeys, HASH_OF, HELD_KINDS, type HeldKind, LETTER_OF } from './keys';

const IDS_PER_CALL = 500;

/** One thing that the projection holds, as it is stored. */
export interface HeldContent {
  kind: HeldKind;
  id: string;
  /** null: what stands there cannot be read. */
  change: ProjectionChange | null;
}

/** What an epoch holds of some; what is not held is not given. */
export async function heldContents(
  redis: Redis,
  keys: EpochKeys,
  of: readonly Pick<HeldContent, 'kind' | 'id'>[],
): Promise<HeldContent[]> {
  const held: HeldContent[] = [];
  for (const kind of HELD_KINDS) {
    const ids = of.flatMap((one) => (one.kind === kind ? [one.id] : []));
    for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
      const some = ids.slice(start, start + IDS_PER_CALL);
      const texts = await redis.hmget(keys[HASH_OF[kind]], ...some);
      held.push(...some.flatMap((id, at) => (texts[at] == null ? [] : [contentOf(kind, id, texts[at])])));
    }
  }
  return held;
}

export function contentOf(kind: HeldKind, id: string, text: string): HeldContent {
  try {
    return { kind, id, change: decodeStored(LETTER_OF[kind], id, text) };
  } catch {
    return { kind, id, change: null };
  }
}
