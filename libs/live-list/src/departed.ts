import type { RemovalReason, StoredCounts } from '#libs/contracts';

interface Entry {
  /** Of the removal; -1 where only counts are known. */
  version: number;
  why: RemovalReason | null;
  counts: StoredCounts | null;
}

const UNSEEN: Entry = { version: -1, why: null, counts: null };
const KEPT = 20_000;

/** What is remembered of sessions that are not open: why they left, and counts that came before they opened. */
export class Departed {
  private readonly entries = new Map<string, Entry>();

  get(id: string): Entry {
    return this.entries.get(id) ?? UNSEEN;
  }

  put(id: string, change: Partial<Entry>): void {
    const entry = { ...this.get(id), ...change };
    this.entries.delete(id);
    this.entries.set(id, entry);
    if (this.entries.size > KEPT) this.forgetOldest();
  }

  forget(id: string): void {
    this.entries.delete(id);
  }

  /** From here on any version may come: a database that was restored counts on from an older one. */
  forgetVersions(): void {
    for (const [id, { why }] of this.entries) {
      if (why === null) this.entries.delete(id);
      else this.entries.set(id, { ...UNSEEN, why });
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
