import styles from './move.module.css';

/** A calm mark where a session has changed its place of late. */
export function Move({ by }: { by: number }) {
  if (by === 0) return null;
  const isUp = by > 0;
  return (
    <span className={styles.move} data-way={isUp ? 'up' : 'down'}>
      <span aria-hidden="true">
        {isUp ? '↑' : '↓'}
        {Math.abs(by)}
      </span>
      <span className="unseen">{`, ${isUp ? 'up' : 'down'} by ${Math.abs(by)}`}</span>
    </span>
  );
}
