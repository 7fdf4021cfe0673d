import type { ProjectionChange } from '#libs/contracts';

/** What Redis holds of one thing; version null where it cannot be read. */
interface Held {
  kind: Exclude<ProjectionChange['kind'], 'removed'>;
  id: string;
  version: number | null;
}

export type Suspect = Pick<Held, 'kind' | 'id'>;

/** Compares all that the record says with all that Redis holds, told in any order of pages, the record first. */
export class Comparison {
  private readonly missing = new Map<string, Suspect & { version: number | null }>();
  private readonly differing = new Map<string, Suspect>();
  private readonly matched = new Set<string>();
  /** How much the record says. */
  size = 0;

  expect(page: readonly Held[]): void {
    for (const one of page) this.missing.set(keyOf(one), one);
    this.size = this.missing.size;
  }

  see(page: readonly Held[]): void {
    for (const one of page) {
      const key = keyOf(one);
      const expected = this.missing.get(key);
      this.missing.delete(key);
      if (expected ? expected.version !== one.version : !this.matched.has(key)) this.differing.set(key, one);
      else this.matched.add(key);
    }
  }

  /** What differs, as far as one can say while both go on changing. */
  suspects(): Suspect[] {
    return [...this.missing.values(), ...this.differing.values()].map(({ kind, id }) => ({ kind, id }));
  }
}

export interface Judgement {
  repairs: ProjectionChange[];
  /** Why no repair in place can heal it; null when one can. */
  beyond: string | null;
}

/**
 * What to do about suspects. `held` was read before `fresh`: a version that only grows in the record cannot be greater
 * in what was read earlier, unless the record went back.
 */
export function judge(held: readonly Held[], fresh: readonly ProjectionChange[]): Judgement {
  const versions = new Map(fresh.map((change) => [keyOf(change), change.version]));
  const heldVersions = new Map(held.map((one) => [keyOf(one), one.version]));
  const repairs = fresh.filter((change) =>
    change.kind === 'removed'
      ? heldVersions.has(`session ${change.id}`) || heldVersions.has(`counts ${change.id}`)
      : heldVersions.get(keyOf(change)) !== change.version,
  );
  return { repairs, beyond: held.map((one) => beyondRepair(one, versions)).find((why) => why !== null) ?? null };
}

function beyondRepair(held: Held, versions: ReadonlyMap<string, number>): string | null {
  const { kind, id, version } = held;
  if (version === null) return `the ${kind} ${id} cannot be read`;
  const removed = versions.get(`removed ${id}`);
  if (kind === 'counts' && removed !== undefined) return null;
  const recorded = versions.get(keyOf(held)) ?? (kind === 'session' ? removed : undefined);
  if (recorded === undefined) return `the record has no such ${kind} as ${id}`;
  return version > recorded ? `the ${kind} ${id} is newer than the record: ${version} after ${recorded}` : null;
}

function keyOf({ kind, id }: { kind: string; id: string }): string {
  return `${kind} ${id}`;
}
