import type { Way } from './follow-event';

const STATIONS = [
  ['acknowledged', 'by all replicas of Kafka'],
  ['recorded', 'in Postgres'],
  ['projected', 'into Redis'],
  ['pushed', 'to this browser'],
] as const;

/** A station of an event's way. Times are ms after it was sent. */
export interface Station {
  name: (typeof STATIONS)[number][0];
  where: string;
  /** From when on the event was on its way to it. */
  from: number;
  /** When it had it, at the latest; null: not known. */
  until: number | null;
  /** Known from a later station alone: it had it then or before. */
  isAtMost: boolean;
}

/**
 * The stations one after the other. This browser hears of a station by an answer that may come later than what the next
 * station sent: then the station had the event by that time.
 */
export function stationsOf(way: Pick<Way, (typeof STATIONS)[number][0]>): Station[] {
  let from = 0;
  return STATIONS.map(([name, where], index) => {
    const later = Math.min(...STATIONS.slice(index + 1).map(([next]) => way[next] ?? Infinity));
    const heard = way[name] ?? Infinity;
    const until = Math.min(heard, later);
    const station = { name, where, from, until: Number.isFinite(until) ? until : null, isAtMost: later < heard };
    from = station.until ?? from;
    return station;
  });
}
