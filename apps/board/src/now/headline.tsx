import { Suspense, lazy } from 'react';
import { countText } from '../live/count-text';
import { JUST_STARTED, useStats } from '../live/use-headline';
import { useLiveSessions } from '../sdk';
import { preciseClockText } from '../time/clock-text';
import styles from './headline.module.css';
import { JustChanged } from './just-changed';

const BigNumber = lazy(() => import('./big-number'));

/** The three big numbers. */
export function Headline() {
  const { data, refusal, isStale, answeredAt } = useStats();
  const list = useLiveSessions(JUST_STARTED);
  const held = list.state === 'loading' || list.state === 'refused' ? undefined : list.total;
  const live = list.state === 'live' ? held : (data?.live_now ?? held);
  const isOld = isStale || refusal !== undefined;
  const asOf = isOld && answeredAt !== undefined ? `As of ${preciseClockText(answeredAt)}` : undefined;
  return (
    <div className={styles.head}>
      <dl className={styles.numbers}>
        <Big name="on air" value={live} asOf={list.state === 'live' ? undefined : asOf} isAccent />
        <Big name="watching" value={data?.viewers_now} asOf={asOf} />
        <Big name="scheduled" value={data?.scheduled} asOf={asOf} />
      </dl>
      <JustChanged />
    </div>
  );
}

interface BigProps {
  name: string;
  value: number | undefined;
  /** Of when it is, where it is not of now. */
  asOf: string | undefined;
  isAccent?: boolean;
}

function Big({ name, value, asOf, isAccent = false }: BigProps) {
  return (
    <div className={styles.number}>
      <dt>
        {name}
        {asOf !== undefined && <span className={styles.asOf}>{asOf}</span>}
      </dt>
      <dd data-accent={isAccent || undefined} data-old={asOf !== undefined || undefined}>
        {value === undefined ? (
          <span className={styles.none}>–</span>
        ) : (
          <Suspense fallback={countText(value)}>
            <BigNumber value={value} />
          </Suspense>
        )}
      </dd>
    </div>
  );
}
