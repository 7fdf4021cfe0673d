import { memo } from 'react';
import { Link } from 'wouter';
import { countText } from '../live/count-text';
import type { Row } from '../live/row';
import { titleText } from '../live/title-text';
import { Avatar } from '../parts/avatar';
import { OnAir } from '../parts/on-air';
import { Sparkline } from '../parts/sparkline';
import { StateMark } from '../parts/state-mark';
import { clockText, momentText } from '../time/clock-text';
import { Move } from './move';
import { ROW_HEIGHT } from './row-height';
import styles from './table.module.css';

export interface TableRowProps {
  row: Row;
  /** Its place, from nought. */
  index: number;
  /** The places it has gained of late. */
  move: number;
  /** Whether a tab comes to it. */
  isStop: boolean;
}

/** One session. */
export const TableRow = memo(function TableRow({ row, index, move, isStop }: TableRowProps) {
  const { id, title, host_username, room_title, status, health, viewer_count, max_viewers } = row;
  const isCalm = status === 'live' && health !== 'reconnecting';
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles.row}
      data-index={index}
      data-left={row.hasLeft || undefined}
      data-moved={move === 0 ? undefined : move > 0 ? 'up' : 'down'}
      style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
    >
      <span role="cell" className={styles.place}>
        {index + 1}
        <Move by={move} />
      </span>
      <span role="cell" className={styles.session}>
        <Avatar name={host_username ?? title} />
        <span className={styles.names}>
          <Link href={`/s/${id}`} className={styles.title} tabIndex={isStop ? 0 : -1} data-row={index}>
            {titleText(title)}
          </Link>
          <span className={styles.host}>
            {!isCalm && <StateMark status={status} health={health} />}
            {row.hasLeft && <span className={styles.gone}>has left</span>}
            <span className={styles.names2}>{[host_username, room_title].filter(Boolean).join(' · ') || '–'}</span>
          </span>
        </span>
      </span>
      <span role="cell" className={styles.onAir}>
        <When row={row} />
      </span>
      <span role="cell" className={styles.spark}>
        {status === 'live' && <Sparkline id={id} width={112} height={26} />}
      </span>
      <span role="cell" className={styles.count}>
        <strong>{countText(status === 'live' ? viewer_count : max_viewers)}</strong>
        <span className={styles.peak}>
          {status === 'live' ? `peak ${countText(max_viewers)}` : status === 'scheduled' ? '' : 'at its peak'}
        </span>
      </span>
    </div>
  );
});

function When({ row: { status, started_at, scheduled_start_time, ended_at } }: { row: Row }) {
  if (status === 'live') return <OnAir startedAt={started_at} />;
  const at = status === 'scheduled' || status === 'expired' ? scheduled_start_time : ended_at;
  return <>{at === null ? '–' : status === 'scheduled' ? clockText(at) : momentText(at)}</>;
}
