import { type FocusEvent, type ReactNode, useRef } from 'react';
import { serverNow } from '../api/settings';
import type { Freshness } from '../live/freshness';
import { type Headline, useStats } from '../live/use-headline';
import { countText } from '../live/count-text';
import { preciseClockText } from '../time/clock-text';
import styles from './freshness-badge.module.css';
import { useSettings } from './settings-context';

const WORDS: Record<Freshness, string> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  stale: 'Stale',
  rest: 'Stale, from REST',
};

/** How far the page can be trusted; with the position of what it shows, when it is pointed at. */
export function FreshnessBadge({ headline }: { headline: Headline }) {
  const { freshness, since, live, at, retryAt, detail } = headline;
  const { gateway } = useSettings();
  const { data: stats } = useStats();
  const details = useRef<HTMLDivElement>(null);
  const show = () => details.current?.showPopover?.();
  const hide = () => details.current?.hidePopover?.();
  const blur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) hide();
  };
  const isSince = since !== null && freshness !== 'live';
  return (
    <div className={styles.place} onPointerEnter={show} onPointerLeave={hide} onBlur={blur}>
      <button
        type="button"
        className={styles.badge}
        data-state={freshness}
        popoverTarget="freshness"
        aria-describedby="freshness"
        onFocus={show}
      >
        <span className={styles.dot} aria-hidden="true" />
        <span role="status">
          {isSince && freshness === 'stale' ? (
            <>
              Stale<span className={styles.since}> since</span> {preciseClockText(since)}
            </>
          ) : (
            WORDS[freshness]
          )}
        </span>
      </button>
      <div id="freshness" popover="auto" ref={details} className={styles.details}>
        <dl>
          <Fact name="On air">{countText(live)}</Fact>
          <Fact name="Watching">{countText(stats?.viewers_now)}</Fact>
          <Fact name="Position">{at ? <code>{at.join('.')}</code> : '–'}</Fact>
          <Fact name="Gateway">
            <code>{gateway.replace(/^https?:\/\//, '')}</code>
          </Fact>
          {isSince && <Fact name="Since">{preciseClockText(since)}</Fact>}
          {retryAt !== undefined && retryAt > serverNow() && <Fact name="Next try">{preciseClockText(retryAt)}</Fact>}
          {detail !== undefined && freshness !== 'live' && <Fact name="Because">{detail}</Fact>}
        </dl>
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
