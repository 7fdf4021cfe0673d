import { OctagonX, SearchX } from 'lucide-react';
import { Suspense, lazy } from 'react';
import { Link } from 'wouter';
import { titleText } from '../live/title-text';
import { countText } from '../live/count-text';
import { Avatar } from '../parts/avatar';
import { Notice } from '../parts/notice';
import { StateMark } from '../parts/state-mark';
import { preciseClockText } from '../time/clock-text';
import { Facts } from './facts';
import styles from './session-page.module.css';
import { SessionJson } from './session-json';
import { stateText } from './state-text';
import { Timeline } from './timeline-view';
import { useAudience } from './use-audience';
import { useSession } from './use-session';
import { useLog } from './use-log';

const Chart = lazy(() => import('./chart'));

/** One session: what it is and why, how many watch it and watched it, and what its events did. */
export default function SessionPage({ id }: { id: string }) {
  const { session, refusal, isGone, answeredAt, version } = useSession(id);
  const audience = useAudience(session);
  const log = useLog(session, id, version);
  if (!session) {
    if (!refusal) return <div className={styles.loading} aria-busy="true" />;
    const isUnknown = refusal.code === 'not_found' || refusal.code === 'invalid_query';
    return (
      <Notice
        icon={isUnknown ? SearchX : OctagonX}
        title={isGone ? 'This session is gone' : isUnknown ? 'There is no such session' : 'It cannot be shown now'}
        tone="warn"
      >
        <p>{refusal.error}</p>
        <p>
          <Link href="/">See what is on now</Link>
        </p>
      </Notice>
    );
  }
  const { title, room, status, health, viewer_count, description } = session;
  const host = room?.host;
  return (
    <article className={styles.page}>
      <header className={styles.head}>
        <Avatar name={host?.username ?? title} size={64} />
        <div className={styles.names}>
          <StateMark status={status} health={health} />
          <h1>{titleText(title)}</h1>
          <p>
            {host && <Link href={`/?host_id=${host.id}`}>{host.username ?? 'Unnamed host'}</Link>}
            {host && room && ' · '}
            {room && <Link href={`/?room_id=${room.id}`}>{room.title ?? 'Unnamed room'}</Link>}
          </p>
        </div>
        {status === 'live' && (
          <p className={styles.now}>
            <strong>{countText(viewer_count)}</strong>
            <span>watching now</span>
          </p>
        )}
      </header>
      <p className={styles.why}>{stateText(session)}</p>
      {refusal && answeredAt !== undefined && (
        <p role="status" className={styles.old}>
          It may be another by now: this is from {preciseClockText(answeredAt)}. It is asked again; the last try:{' '}
          {refusal.error}
        </p>
      )}
      {description && <p className={styles.description}>{description}</p>}
      <Facts session={session} audience={audience} />
      <section className={styles.part} aria-label="Audience over time">
        <h2>Audience</h2>
        <Suspense fallback={<div className={styles.chartPlace} />}>
          <Chart audience={audience} silences={log.silences} isLive={status === 'live'} />
        </Suspense>
      </section>
      <div className={styles.halves}>
        <Timeline log={log} />
        <SessionJson id={id} version={version} />
      </div>
    </article>
  );
}
