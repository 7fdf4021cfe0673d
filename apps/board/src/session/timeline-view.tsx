import { useContext } from 'react';
import { countText } from '../live/count-text';
import { preciseClockText } from '../time/clock-text';
import { OpenContext } from '../shell/open-context';
import styles from './timeline.module.css';
import type { Group, LoggedEvent, Phase } from './timeline';
import type { Log } from './use-log';

const WORDS: Record<Phase, string> = {
  unknown: 'Before it was known',
  scheduled: 'Scheduled',
  live: 'Live',
  silent: 'Silent',
  ended: 'Ended',
  expired: 'Expired',
  deleted: 'Deleted',
};
const DID: Record<LoggedEvent['did'], string> = {
  applied: 'applied',
  late: 'late, yet it changed something',
  older: 'older than what was known: nothing',
  duplicate: 'a duplicate: nothing',
  deleted: 'came after its deletion: nothing',
  derived: 'by itself',
};

/** The life of a session over the events that made it, and what each of them did. */
export function Timeline({ log }: { log: Log }) {
  return (
    <section aria-label="What its events did">
      <h2>What its events did</h2>
      {log.groups ? <Groups groups={log.groups} cutAt={log.cutAt} /> : <Without log={log} />}
    </section>
  );
}

function Without({ log: { hasKey, refusal } }: { log: Log }) {
  const open = useContext(OpenContext);
  if (hasKey && !refusal) return <div aria-busy="true" />;
  return (
    <div className={styles.without}>
      <p>
        Every event of this session is kept as it was sent, with what it did and where it lay in Kafka. To look at them
        takes a key of the scope <code>events:read</code>, since producers may put private data into them.
      </p>
      {refusal && <p className={styles.refusal}>{refusal.error}</p>}
      <button type="button" onClick={() => open('keys')}>
        {hasKey ? 'Use another key' : 'Use a key'}
      </button>
    </div>
  );
}

function Groups({ groups, cutAt }: { groups: readonly Group[]; cutAt: number | undefined }) {
  return (
    <>
      <ol className={styles.groups}>
        {groups.map((group) => (
          <li key={`${group.phase} ${group.from}`} className={styles.group} data-phase={group.phase}>
            <h3>
              {WORDS[group.phase]}
              {group.isRevived && ' again'}
              {group.phase === 'silent' &&
                group.to &&
                ` for ${Math.round((Date.parse(group.to) - Date.parse(group.from)) / 1000)} s`}
              {group.why && <span>{group.why}</span>}
              <time dateTime={group.from}>{preciseClockText(group.from)}</time>
            </h3>
            <ol>
              {group.events.map((event) => (
                <Event key={`${event.source} ${event.id} ${event.recorded_at}`} event={event} />
              ))}
            </ol>
          </li>
        ))}
      </ol>
      {cutAt !== undefined && (
        <p className={styles.cut}>
          These are the first {countText(cutAt)}; the rest is at <code>/sessions/…/events</code>, by its cursor.
        </p>
      )}
    </>
  );
}

function Event({ event }: { event: LoggedEvent }) {
  const { type, time, did, place, data, source, id, flags, timing } = event;
  return (
    <li>
      <details className={styles.event} data-did={did}>
        <summary>
          <code className={styles.type}>{type === 'derived' ? 'by time or by another session' : type}</code>
          <span className={styles.did}>{DID[did]}</span>
          <span className={styles.place}>
            {place ? (
              <>
                <span className="unseen">{`topic ${place.topic}, partition ${place.partition}, offset ${place.offset}`}</span>
                <span aria-hidden="true">{`${place.topic} / ${place.partition} @ ${place.offset}`}</span>
              </>
            ) : (
              'no place in Kafka'
            )}
          </span>
        </summary>
        <pre tabIndex={0} aria-label={`The event ${id}`}>
          {JSON.stringify(
            { id, source, time, ...(timing && { timing }), ...(flags.length > 0 && { flags }), data },
            null,
            2,
          )}
        </pre>
      </details>
    </li>
  );
}
