import { type EpochKeys, HASH_OF, HELD_KINDS, type HeldKind } from './keys';

/** Some of one kind that an epoch holds: ids, and what was read of each. */
export interface HeldPage {
  kind: HeldKind;
  found: [id: string, text: string][];
}

/**
 * All that an epoch holds, kind by kind; what is there throughout is given at least once. `scan` gives the next cursor of
 * a hash, and ids and texts in turn, as HSCAN does.
 */
export async function* heldPages(
  keys: EpochKeys,
  scan: (hash: string, cursor: string) => Promise<[next: string, found: string[]]>,
): AsyncGenerator<HeldPage> {
  for (const kind of HELD_KINDS) {
    let cursor = '0';
    do {
      const [next, found] = await scan(keys[HASH_OF[kind]], cursor);
      yield { kind, found: pairs(found) };
      cursor = next;
    } while (cursor !== '0');
  }
}

function pairs(found: readonly string[]): [string, string][] {
  return found.flatMap((id, at) => (at % 2 === 0 ? [[id, found[at + 1] ?? '']] : []));
}
