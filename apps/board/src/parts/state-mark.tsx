import type { Row } from '../live/row';
import styles from './state-mark.module.css';

const WORDS: Record<Row['status'] | 'reconnecting', string> = {
  live: 'Live',
  scheduled: 'Scheduled',
  ended: 'Ended',
  expired: 'Expired',
  reconnecting: 'Reconnecting',
};

/** The state of a session, by colour and by word. */
export function StateMark({ status, health }: Pick<Row, 'status' | 'health'>) {
  const state = status === 'live' && health === 'reconnecting' ? 'reconnecting' : status;
  return (
    <span className={styles.mark} data-state={state}>
      {WORDS[state]}
    </span>
  );
}
