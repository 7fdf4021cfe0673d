import { Link } from 'wouter';
import type { Way } from './follow-event';
import styles from './waterfall.module.css';

const STATIONS = [
  ['acknowledged', 'by all replicas of Kafka'],
  ['recorded', 'in Postgres'],
  ['projected', 'into Redis'],
  ['pushed', 'to this browser'],
] as const;

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
  const longest = Math.max(1, ...STATIONS.map(([name]) => way[name] ?? 0));
  return (
    <li className={styles.way} data-state={state}>
      <div className={styles.head}>
        <code>{event.type}</code>
        {place && <span className={styles.place}>{`${place.topic} / ${place.partition} @ ${place.offset}`}</span>}
        <Link href={`/s/${event.subject}`}>its session</Link>
      </div>
      {state === 'refused' ? null : (
        <dl className={styles.stations}>
          {STATIONS.map(([name, where]) => (
            <div key={name}>
              <dt>
                {name} <span>{where}</span>
              </dt>
              <dd>
                <span className={styles.track} aria-hidden="true">
                  {way[name] !== null && (
                    <span className={styles.bar} style={{ width: `${(way[name] / longest) * 100}%` }} />
                  )}
                </span>
                <span className={styles.ms}>
                  {way[name] === null ? (state === 'going' ? '…' : '–') : `${way[name].toFixed(1)} ms`}
                </span>
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
