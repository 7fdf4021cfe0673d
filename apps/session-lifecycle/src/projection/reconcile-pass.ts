import { setTimeout as wait } from 'node:timers/promises';
import type { ProjectionChange } from '#libs/contracts';
import type { ProjectionWriter } from '#libs/live-projection';
import type { Outbox, SessionStore } from '#libs/session-store';
import { Comparison, type Suspect, judge } from './comparison';

/** What was committed a moment ago is on its way. */
const MOMENT_MS = 2000;
const PER_CHECK = 500;
/** From here on a rebuild is the shorter way, and kinder to readers. */
const MANY = { least: 5000, share: 0.25 };

export interface Reconciled {
  /** How many differences were repaired, by kind. */
  repaired: Record<string, number>;
  /** Why only a rebuild can heal it; null when all is equal now. */
  beyond: string | null;
}

export interface ReconcileOptions {
  store: SessionStore;
  outbox: Outbox;
  writer: ProjectionWriter;
}

/**
 * One comparison of Redis with Postgres, in pages and without holding anything: what differs is looked at again, Redis
 * first, and repaired by an ordinary write.
 */
export class ReconcilePass {
  constructor(
    private readonly options: ReconcileOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Throws ProjectionLost, or ReadTooEarly, when another epoch begins meanwhile. */
  async run(): Promise<Reconciled> {
    const { store, writer } = this.options;
    const { lost, position } = await writer.inspect();
    if (lost !== null || !position) return { repaired: {}, beyond: lost ?? 'it has no position' };
    const { epoch } = position;
    const comparison = new Comparison();
    for await (const page of store.versions()) comparison.expect(this.going(page));
    for await (const page of writer.holdings(epoch)) comparison.see(this.going(page));
    const suspects = comparison.suspects();
    if (suspects.length > Math.max(MANY.least, comparison.size * MANY.share)) {
      return { repaired: {}, beyond: `${suspects.length} of ${comparison.size} entries differ` };
    }
    if (suspects.length > 0) await wait(MOMENT_MS, undefined, { signal: this.signal });
    return this.repair(epoch, suspects);
  }

  private async repair(epoch: number, suspects: readonly Suspect[]): Promise<Reconciled> {
    const { store, outbox, writer } = this.options;
    const repaired: Record<string, number> = {};
    for (let start = 0; start < suspects.length; start += PER_CHECK) {
      const some = this.going(suspects.slice(start, start + PER_CHECK));
      const held = await writer.held(epoch, some);
      const moment = await outbox.moment();
      const { repairs, beyond } = judge(held, await store.projectable(some));
      if (beyond !== null) return { repaired, beyond };
      for (const [kind, changes] of byKind(repairs)) {
        const { effective } = await writer.put(changes, moment);
        if (effective > 0) repaired[kind] = (repaired[kind] ?? 0) + effective;
      }
    }
    return { repaired, beyond: null };
  }

  private going<T>(page: T): T {
    this.signal.throwIfAborted();
    return page;
  }
}

/** In the order in which a projection takes them: what sessions show, sessions, their counts. */
function byKind(changes: readonly ProjectionChange[]): [string, ProjectionChange[]][] {
  const kinds: ProjectionChange['kind'][] = ['room', 'host', 'preset', 'session', 'removed', 'counts'];
  return kinds.map((kind) => [kind, changes.filter((change) => change.kind === kind)]);
}
