import type { ReactNode } from 'react';
import { countText } from '../live/count-text';
import { OnAir } from '../parts/on-air';
import type { RestSession } from '../sdk';
import { onAir } from '../time/on-air';
import { clockText } from '../time/clock-text';
import styles from './facts.module.css';
import type { Audience } from './use-audience';

export function Facts({ session, audience: { peak, average } }: { session: RestSession; audience: Audience }) {
  const { status, started_at, ended_at, mode, recording_enabled, max_viewers } = session;
  const isLive = status === 'live';
  return (
    <dl className={styles.facts}>
      <Fact name="Peak" more={peak ? `at ${clockText(peak.at * 1000)}` : undefined}>
        {countText(peak?.count ?? max_viewers)}
      </Fact>
      <Fact name="Average">{countText(average)}</Fact>
      <Fact name={isLive ? 'On air for' : 'Was on air for'}>
        {isLive ? <OnAir startedAt={started_at} /> : onAir(started_at, Date.parse(ended_at ?? started_at ?? ''))}
      </Fact>
      <Fact name="Comes by">{mode === 'rtmp' ? 'RTMP' : mode === 'webcam' ? 'Webcam' : '–'}</Fact>
      <Fact name="Recorded">{recording_enabled === null ? '–' : recording_enabled ? 'Yes' : 'No'}</Fact>
    </dl>
  );
}

function Fact({ name, more, children }: { name: string; more?: string | undefined; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {more && <span> {more}</span>}
      </dd>
    </div>
  );
}
