import { CalendarClock, type LucideIcon, Sparkles, TrendingUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { countText } from '../live/count-text';
import type { Row } from '../live/row';
import { JUST_STARTED } from '../live/use-headline';
import { titleText } from '../live/title-text';
import { type Sessions, useLiveRows } from '../live/use-live-rows';
import { Avatar } from '../parts/avatar';
import { clockText } from '../time/clock-text';
import { agoText, untilText } from '../time/until';
import { useNow } from '../time/use-now';
import { useRising } from './use-rising';
import styles from './strips.module.css';

const SHOWN = 4;
const SOON = { status: 'scheduled' };

/** Three short lists of what is new: who gains, who has just started, who is about to. */
export function Strips() {
  const now = useNow();
  const rising = useRising(SHOWN);
  const started = shownOf(useLiveRows(JUST_STARTED, JUST_STARTED.limit));
  const soon = shownOf(useLiveRows(SOON, SHOWN));
  return (
    <div className={styles.strips}>
      <Strip
        icon={TrendingUp}
        name="Rising"
        none="Nobody has gained much in the last five minutes."
        rows={rising}
        note={({ growth }) => <span className={styles.up}>+{countText(growth)}</span>}
      />
      <Strip
        icon={Sparkles}
        name="Just started"
        none="Nothing has started."
        rows={started}
        note={({ started_at }) => started_at && agoText(started_at, now)}
      />
      <Strip
        icon={CalendarClock}
        name="Starting soon"
        none="Nothing is scheduled."
        rows={soon}
        note={({ scheduled_start_time: at }) => at && <span title={clockText(at)}>{untilText(at, now)}</span>}
      />
    </div>
  );
}

interface StripProps<R extends Row> {
  icon: LucideIcon;
  name: string;
  none: string;
  /** undefined: not known yet. */
  rows: readonly R[] | undefined;
  note: (row: R) => ReactNode;
}

function Strip<R extends Row>({ icon: Icon, name, none, rows, note }: StripProps<R>) {
  return (
    <section className={styles.strip} aria-label={name}>
      <h2>
        <Icon size={14} aria-hidden="true" />
        {name}
      </h2>
      <ol aria-busy={rows === undefined}>
        {rows?.map((row, place) => (
          <li key={row.id} style={{ transform: `translateY(${place * 100}%)` }}>
            <Link href={`/s/${row.id}`} className={styles.one}>
              <Avatar name={row.host_username ?? row.title} size={28} />
              <span className={styles.title}>{titleText(row.title)}</span>
              <Note>{note(row)}</Note>
            </Link>
          </li>
        ))}
      </ol>
      {rows?.length === 0 && <p className={styles.none}>{none}</p>}
    </section>
  );
}

/** Ends at the right. Another text is another element: it does not shift what was there. */
function Note({ children }: { children: ReactNode }) {
  return (
    <span key={typeof children === 'string' ? children : undefined} className={styles.note}>
      {children}
    </span>
  );
}

function shownOf({ state, rows }: Sessions): readonly Row[] | undefined {
  return state === 'loading' || state === 'refused' ? undefined : rows.slice(0, SHOWN);
}
