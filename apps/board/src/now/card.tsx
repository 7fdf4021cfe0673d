import { memo } from 'react';
import { Link } from 'wouter';
import { countText } from '../live/count-text';
import type { Row } from '../live/row';
import { titleText } from '../live/title-text';
import { Avatar } from '../parts/avatar';
import { OnAir } from '../parts/on-air';
import { Sparkline } from '../parts/sparkline';
import { StateMark } from '../parts/state-mark';
import { momentText } from '../time/clock-text';
import styles from './cards.module.css';
import { Move } from './move';

export interface CardOfProps {
  row: Row;
  index: number;
  total: number;
  x: number;
  y: number;
  width: number;
  pictureHeight: number;
  move: number;
  isStop: boolean;
}

/** A session as a card: its audience of the last half hour takes the room of a picture. */
export const CardOf = memo(function CardOf({
  row,
  index,
  total,
  x,
  y,
  width,
  pictureHeight,
  move,
  isStop,
}: CardOfProps) {
  const { id, title, host_username, room_title, status, health, viewer_count, started_at } = row;
  const isLive = status === 'live';
  const at = row.scheduled_start_time ?? row.ended_at ?? started_at;
  return (
    <article
      role="listitem"
      aria-setsize={total}
      aria-posinset={index + 1}
      className={styles.card}
      data-left={row.hasLeft || undefined}
      data-moved={move === 0 ? undefined : move > 0 ? 'up' : 'down'}
      style={{ width, transform: `translate(${x}px, ${y}px)` }}
    >
      <div className={styles.picture} style={{ height: pictureHeight }}>
        <span className={styles.state}>
          <StateMark status={status} health={health} />
        </span>
        <span className={styles.rank}>
          {index + 1}
          <Move by={move} />
        </span>
        <span className={styles.count}>{isLive ? countText(viewer_count) : at && momentText(at)}</span>
        <span className={styles.curve}>{isLive && <Sparkline id={id} width={240} height={60} isFilled />}</span>
      </div>
      <div className={styles.text}>
        <Avatar name={host_username ?? title} size={32} />
        <div className={styles.names}>
          <Link href={`/s/${id}`} className={styles.title} tabIndex={isStop ? 0 : -1} data-row={index}>
            {titleText(title)}
          </Link>
          <p>{[host_username, room_title].filter(Boolean).join(' · ') || '–'}</p>
        </div>
        {isLive && (
          <span className={styles.onAir}>
            <OnAir startedAt={started_at} />
          </span>
        )}
      </div>
    </article>
  );
});
