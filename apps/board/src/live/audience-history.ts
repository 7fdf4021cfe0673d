import { serverNow } from '../api/settings';
import { askRest } from '../api/rest';

const STEP_MS = 30_000;
const KEPT = 60;
const AT_ONCE = 2;
const KEPT_SESSIONS = 1000;
const GROWTH_MS = 5 * 60_000;

/** A number of people in the half minute that begins at `at`, epoch ms. */
export interface Point {
  at: number;
  count: number;
}

interface Viewers {
  points: { at: string; last: number }[];
}

/**
 * How many watched each session in the last half hour: what this page has seen, and before that what REST knows, asked
 * once for those that are looked at.
 */
export class AudienceHistory {
  private readonly points = new Map<string, readonly Point[]>();
  private readonly lookers = new Map<string, Set<() => void>>();
  private readonly asked = new Set<string>();
  private readonly queue: string[] = [];
  private running = 0;

  note(id: string, count: number | null, now: number): void {
    if (count === null) return;
    const at = Math.floor(now / STEP_MS) * STEP_MS;
    const known = this.points.get(id) ?? [];
    const last = known.at(-1);
    if (last?.at === at && last.count === count) return;
    const before = last?.at === at ? known.slice(0, -1) : known.slice(-(KEPT - 1));
    this.set(id, [...before, { at, count }]);
  }

  of(id: string): readonly Point[] {
    return this.points.get(id) ?? NONE;
  }

  /** How many more are watching than five minutes ago, or than at the first count after; null: not known. */
  growth(id: string): number | null {
    const points = this.of(id);
    const last = points.at(-1);
    const since = (last?.at ?? 0) - GROWTH_MS;
    const first = points.findLast(({ at }) => at <= since) ?? points[0];
    return last && first && first !== last ? last.count - first.count : null;
  }

  /** Asks REST for what was before this page, once; not for one that is looked at no more when it is its turn. */
  ask(id: string): void {
    if (this.asked.has(id)) return;
    this.asked.add(id);
    this.queue.push(id);
    this.next();
  }

  subscribe(id: string, looker: () => void): () => void {
    const lookers = this.lookers.get(id) ?? new Set();
    this.lookers.set(id, lookers.add(looker));
    return () => {
      lookers.delete(looker);
      if (lookers.size === 0) this.lookers.delete(id);
    };
  }

  private next(): void {
    while (this.running < AT_ONCE) {
      const id = this.queue.shift();
      if (id === undefined) return;
      if (!this.lookers.has(id)) {
        this.asked.delete(id);
        continue;
      }
      this.running += 1;
      void this.load(id).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }

  private async load(id: string): Promise<void> {
    // All who ask within a step ask the same: caches may answer.
    const from = new Date(Math.floor(serverNow() / STEP_MS - KEPT) * STEP_MS).toISOString();
    const answer = await askRest<Viewers>(`/sessions/${id}/viewers?step=30&from=${from}`);
    if (!answer.ok) return;
    const seen = this.of(id);
    const start = seen[0]?.at ?? Infinity;
    const before = answer.data.points.map(({ at, last }) => ({ at: Date.parse(at), count: last }));
    this.set(id, [...before.filter(({ at }) => at < start), ...seen].slice(-KEPT));
  }

  private set(id: string, points: readonly Point[]): void {
    // Last in the order of the map: what was not heard of for longest goes first.
    this.points.delete(id);
    this.points.set(id, points);
    this.forget();
    for (const looker of this.lookers.get(id) ?? []) looker();
  }

  private forget(): void {
    for (const id of this.points.keys()) {
      if (this.points.size <= KEPT_SESSIONS) return;
      if (this.lookers.has(id)) continue;
      this.points.delete(id);
      this.asked.delete(id);
    }
  }
}

const NONE: readonly Point[] = [];

/** Of this page. */
export const audienceHistory = new AudienceHistory();
