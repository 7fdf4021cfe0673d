import { Suspense, lazy } from 'react';
import { countText } from '../live/count-text';
import { JUST_STARTED, useStats } from '../live/use-headline';
import { useLiveSessions } from '../sdk';
import styles from './headline.module.css';
import { JustChanged } from './just-changed';

const BigNumber = lazy(() => import('./big-number'));

/** The three big numbers. */
export function Headline() {
  const { data } = useStats();
  const list = useLiveSessions(JUST_STARTED);
  const held = list.state === 'loading' || list.state === 'refused' ? undefined : list.total;
  const live = list.state === 'live' ? held : (data?.live_now ?? held);
  return (
    <div className={styles.head}>
      <dl className={styles.numbers}>
        <Big name="on air" value={live} isAccent />
        <Big name="watching" value={data?.viewers_now} />
        <Big name="scheduled" value={data?.scheduled} />
      </dl>
      <JustChanged />
    </div>
  );
}

function Big({ name, value, isAccent = false }: { name: string; value: number | undefined; isAccent?: boolean }) {
  return (
    <div className={styles.number}>
      <dt>{name}</dt>
      <dd data-accent={isAccent || undefined}>
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
