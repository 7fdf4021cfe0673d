import type { LiveUpdate } from './subscription';
import type { OnChange } from './callers';

/** As many ids as one connection may watch, all its watches together. */
export const WATCH_LIMIT = 200;

/** What was to be watched together is more than one connection may, or nothing. */
export class WatchLimitError extends RangeError {
  readonly code = 'too_many_ids';

  constructor(readonly wanted: number) {
    super(
      wanted === 0
        ? 'a watch needs at least one id'
        : `all watches of a connection together may name ${WATCH_LIMIT} ids, not ${wanted}`,
    );
    this.name = 'WatchLimitError';
  }
}

export interface Watcher {
  ids: readonly string[];
  onChange: OnChange;
}

export function idsOf(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

/** All that these watch, each id once, in an order that does not depend on who came first. */
export function unionOf(watchers: Iterable<Pick<Watcher, 'ids'>>): string[] {
  return [...new Set(Array.from(watchers, ({ ids }) => ids).flat())].sort();
}

/** What one watcher sees of the watch of all. `answered`: the ids that the gateway has answered for. */
export function partOf(ids: readonly string[], all: LiveUpdate, answered: ReadonlySet<string>): LiveUpdate {
  const own = new Set(ids);
  const cards = new Map(all.sessions.map((card) => [card.id, card]));
  const isAnswered = ids.every((id) => answered.has(id));
  const sessions = ids.flatMap((id) => cards.get(id) ?? []);
  return {
    ...all,
    state: isAnswered || all.state === 'refused' ? all.state : 'loading',
    sessions,
    total: sessions.length,
    removed: all.removed.filter(([id]) => own.has(id)),
    absent: isAnswered ? ids.filter((id) => !cards.has(id)) : [],
  };
}
