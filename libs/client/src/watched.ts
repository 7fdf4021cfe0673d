import type { Caller } from './callers';
import type { LiveUpdate, UpToDate } from './live-update';

/** As many ids as one connection may watch, all its watches together. */
export const WATCH_LIMIT = 200;

export interface Watcher extends Caller {
  ids: readonly string[];
  /** What it was told last. */
  seen?: LiveUpdate;
}

/** A watch of no session: there is nothing to wait for. */
export const NOTHING: UpToDate = { state: 'live', sessions: [], total: 0, removed: [], absent: [] };

export function idsOf(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){4}[\da-f]{8}$/;

/** Whether the gateway takes it for an id. */
export function isSessionId(id: string): boolean {
  return UUID.test(id);
}

/** All that these watch, each id once, in an order that does not depend on who came first. */
export function unionOf(watchers: Iterable<Pick<Watcher, 'ids'>>): string[] {
  return [...new Set(Array.from(watchers, ({ ids }) => ids).flat())].sort();
}

/** What one watcher sees of the watch of all. `isAnswered`: whether the gateway has answered for an id. */
export function partOf(ids: readonly string[], all: LiveUpdate, isAnswered: (id: string) => boolean): LiveUpdate {
  const own = new Set(ids);
  const cards = new Map(all.sessions.map((card) => [card.id, card]));
  const hasAll = ids.every(isAnswered);
  const sessions = ids.flatMap((id) => cards.get(id) ?? []);
  const part = {
    sessions,
    total: sessions.length,
    removed: all.removed.filter(([id]) => own.has(id)),
    absent: ids.filter((id) => isAnswered(id) && !cards.has(id)),
  };
  const isKnown = hasAll || all.state === 'refused' || all.state === 'closed';
  if (isKnown) return { ...all, ...part };
  return { state: 'loading', previous: false, ...part, ...(all.at && { at: all.at }) };
}

/** Whether there is nothing in an update that the one before did not say. Nobody needs to hear of a position alone. */
export function isSame(a: LiveUpdate, b: LiveUpdate): boolean {
  const { sessions, removed, absent, at: _, ...rest } = a;
  const { sessions: others, removed: _removed, absent: othersAbsent, at: _at, ...othersRest } = b;
  return (
    removed.length === 0 &&
    sessions.length === others.length &&
    sessions.every((card, place) => card === others[place]) &&
    absent.join() === othersAbsent.join() &&
    JSON.stringify(rest) === JSON.stringify(othersRest)
  );
}
