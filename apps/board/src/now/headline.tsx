import { Suspense, lazy } from 'react';
import { countText } from '../live/count-text';
import { JUST_STARTED, useStats } from '../live/use-headline';
import { useLiveSessions } from '../sdk';
import styles from './headline.module.css';

const BigNumber = lazy(() => import('./big-number'));

/** The three big numbers. */
export function Headline() {
  const { data } = useStats();
  const list = useLiveSessions(JUST_STARTED);
  const live = list.state === 'loading' || list.state === 'refused' ? data?.live_now : list.total;
  return (
    <dl className={styles.numbers}>
      <Big name="on air" value={live} isAccent />
      <Big name="watching" value={data?.viewers_now} />
      <Big name="scheduled" value={data?.scheduled} />
    </dl>
  );
}

function Big({ name, value, isAccent = false }: { name: string; value: number | undefined; isAccent?: boolean }) {
  return (
    <div className={styles.number}>
      <dd data-accent={isAccent || undefined}>
        {value === undefined ? (
          <span className={styles.none}>–</span>
        ) : (
          <Suspense fallback={countText(value)}>
            <BigNumber value={value} />
          </Suspense>
        )}
      </dd>
      <dt>{name}</dt>
    </div>
  );
}
