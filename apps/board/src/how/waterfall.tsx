import { Link } from 'wouter';
import type { Way } from './follow-event';
import { type Station, stationsOf } from './stations-of';
import styles from './waterfall.module.css';

/** Each event that was sent, and when each station had it. */
export function Waterfall({ ways }: { ways: readonly Way[] }) {
  return (
    <ol className={styles.ways} aria-label="What was sent">
      {ways.map((way, place) => (
        <OneWay key={ways.length - place} way={way} />
      ))}
    </ol>
  );
}

function OneWay({ way }: { way: Way }) {
  const { event, place, outcome, state } = way;
  const stations = stationsOf(way);
  const longest = Math.max(1, ...stations.map(({ until }) => until ?? 0));
  return (
    <li className={styles.way} data-state={state}>
      <div className={styles.head}>
        <code>{event.type}</code>
        {place && <span className={styles.place}>{`${place.topic} / ${place.partition} @ ${place.offset}`}</span>}
        <Link href={`/s/${event.subject}`}>its session</Link>
      </div>
      {state === 'refused' ? null : (
        <dl className={styles.stations}>
          {stations.map((station) => (
            <div key={station.name} data-station={station.name}>
              <dt>
                {station.name} <span>{station.where}</span>
              </dt>
              <dd>
                <span className={styles.track} aria-hidden="true">
                  {station.until !== null && <span className={styles.bar} style={barOf(station, longest)} />}
                </span>
                <span className={styles.ms}>{timeOf(station, state)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {outcome && (
        <p className={styles.outcome} role="status">
          {state === 'refused' ? 'Refused at the door: ' : state === 'quarantined' ? 'In quarantine: ' : ''}
          {outcome}
        </p>
      )}
    </li>
  );
}

function barOf({ from, until }: Station, longest: number) {
  const share = (ms: number) => `${(ms / longest) * 100}%`;
  return { marginLeft: share(from), width: share((until ?? from) - from) };
}

function timeOf({ until, isAtMost }: Station, state: Way['state']): string {
  if (until === null) return state === 'going' ? '…' : '–';
  return `${isAtMost ? '≤ ' : ''}${until.toFixed(1)} ms`;
}
