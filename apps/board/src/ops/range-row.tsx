import type { QuarantinedRange } from '../api/admin';
import { amountText } from '../live/amount-text';
import { momentText } from '../time/clock-text';
import { ActForm } from './act-form';
import styles from './ops.module.css';

/** Messages that stand in quarantine by their place alone. */
export function RangeRow({ range, done }: { range: QuarantinedRange; done: () => void }) {
  const { id, topic, partition, from_offset, to_offset, received_at, source, reason, messages, tries } = range;
  return (
    <li>
      <details className={styles.row}>
        <summary>
          <strong>{reason}</strong>
          <span>{amountText(messages, 'message')} in a range, for which the quarantine had no room</span>
          <code>{`${topic} / ${partition} @ ${from_offset} to ${to_offset}`}</code>
          <time dateTime={received_at}>{momentText(received_at)}</time>
        </summary>
        <div className={styles.inside}>
          <p>
            From <code>{source || 'nobody named, or several'}</code>, replayed {tries} times.
            {range.last_error && ` The last time: ${range.last_error}.`} Only Kafka has their bytes, until its retention
            ends: a replay reads them there again.
          </p>
          <ActForm
            acts={[
              { name: 'Replay', act: (why) => ({ what: 'replay_range', id, why }) },
              { name: 'Discard', act: (why) => ({ what: 'discard_range', id, why }) },
            ]}
            done={done}
          />
        </div>
      </details>
    </li>
  );
}
