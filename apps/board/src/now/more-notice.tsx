import type { RestRefusal } from '../api/rest';
import { isPassing } from '../api/again';
import styles from './session-list.module.css';

/** Below the rows: that there are more, and why they are not here. */
export function MoreNotice({ refusal }: { refusal: RestRefusal }) {
  const willAsk = isPassing(refusal) || refusal.code === 'cursor_expired';
  return (
    <p role="status" className={styles.more}>
      The rows that follow have not come: {refusal.error}.{willAsk && ' They are asked for again in a moment.'}
    </p>
  );
}
