import { CalendarOff, CalendarPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../api/use-answer';
import { type Row, rowOfSession } from '../live/row';
import { titleText } from '../live/title-text';
import { useRows } from '../now/use-rows';
import { Avatar } from '../parts/avatar';
import { Notice } from '../parts/notice';
import { StateMark } from '../parts/state-mark';
import type { RestSession } from '../sdk';
import { clockText } from '../time/clock-text';
import { untilText } from '../time/until';
import { useNow } from '../time/use-now';
import { type Day, daysOf } from './days';
import { saveCalendar } from './save-calendar';
import styles from './schedule.module.css';
import { WholeCalendar } from './whole-calendar';

const SCHEDULED = { status: 'scheduled' };
const EXPIRED = '/sessions?status=expired&sort=scheduled_start_time&order=desc&limit=50';
const EXPIRED_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const SHOWN_AT_ONCE = 200;

/** What is to start, day by day; and what was to and did not. */
export default function SchedulePage() {
  const { scheduled, left, showMore } = useScheduled();
  const expired = useAnswer<{ sessions: RestSession[] }>(EXPIRED, { everyMs: EXPIRED_EVERY_MS });
  const now = useNow();
  const since = now * 1000 - DAY_MS;
  const missed = (expired.data?.sessions ?? [])
    .map(rowOfSession)
    .filter((row) => Date.parse(row.scheduled_start_time ?? '') >= since);
  // Both at once: what came later would push what is read already.
  const isKnown = scheduled.state !== 'loading' && (expired.data ?? expired.refusal) !== undefined;
  const days = isKnown ? daysOf([...scheduled.rows, ...missed]) : [];
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>Schedule</h1>
          <p>What starts leaves this list, and is on air.{scheduled.total > 0 && ` ${scheduled.total} announced.`}</p>
        </div>
        {scheduled.rows.length > 0 && <WholeCalendar />}
      </header>
      {!isKnown && <div className={styles.loading} aria-busy="true" />}
      {scheduled.state === 'refused' && (
        <Notice icon={CalendarOff} title="The schedule is not answered" tone="warn">
          <p>{scheduled.refusal?.error}</p>
        </Notice>
      )}
      {isKnown && days.length === 0 && scheduled.state !== 'refused' && (
        <Notice icon={CalendarOff} title="Nothing is scheduled">
          <p>
            <Link href="/">See what is on now</Link>
          </p>
        </Notice>
      )}
      {days.map((day) => (
        <DayOf key={day.start} day={day} now={now} />
      ))}
      {left > 0 && (
        <p className={styles.left}>
          {left.toLocaleString('en')} more are announced.
          <button type="button" onClick={showMore}>
            Show more
          </button>
          {scheduled.refusalOfMore && <span role="status">They have not come: {scheduled.refusalOfMore.error}.</span>}
        </p>
      )}
    </div>
  );
}

/** What is announced, as much of it as is wanted; `left`: how many more there are. */
function useScheduled() {
  const [wanted, want] = useState(SHOWN_AT_ONCE);
  const scheduled = useRows(SCHEDULED);
  const { rows, total, more } = scheduled;
  useEffect(() => {
    if (rows.length < wanted) more();
  }, [rows.length, wanted, more]);
  const showMore = () => want(rows.length + SHOWN_AT_ONCE);
  return { scheduled, left: Math.max(0, total - rows.length), showMore };
}

function DayOf({ day: { start, rows }, now }: { day: Day; now: number }) {
  return (
    <section className={styles.day} aria-labelledby={`day-${start}`}>
      <h2 id={`day-${start}`}>
        {dayText(start, now)}
        <span>{rows.length}</span>
      </h2>
      <ol>
        {rows.map((row) => (
          <Planned key={row.id} row={row} now={now} />
        ))}
      </ol>
    </section>
  );
}

function Planned({ row, now }: { row: Row; now: number }) {
  const { id, title, host_username, room_title, status, health, scheduled_start_time: at } = row;
  const isPast = status === 'expired';
  return (
    <li className={styles.planned} data-state={status}>
      <time dateTime={at ?? undefined}>{at && clockText(at)}</time>
      <Avatar name={host_username ?? title} size={36} />
      <div className={styles.names}>
        <Link href={`/s/${id}`}>{titleText(title)}</Link>
        <p>{[host_username, room_title].filter(Boolean).join(' · ') || '–'}</p>
      </div>
      <span className={styles.when}>
        {isPast ? <StateMark status={status} health={health} /> : at && untilText(at, now)}
      </span>
      <button
        type="button"
        className={styles.one}
        disabled={isPast}
        onClick={() => saveCalendar([row], title ?? 'session')}
        aria-label={`${titleText(title)}: into your calendar`}
      >
        <CalendarPlus size={16} aria-hidden="true" />
      </button>
    </li>
  );
}

const days = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

function dayText(start: number, now: number): string {
  const today = new Date(now * 1000).setHours(0, 0, 0, 0);
  const name = days.format(start);
  if (start === today) return `Today, ${name}`;
  return new Date(today).setDate(new Date(today).getDate() + 1) === start ? `Tomorrow, ${name}` : name;
}
