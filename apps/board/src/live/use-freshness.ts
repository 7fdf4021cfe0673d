import { useEffect, useRef, useState } from 'react';
import { serverNow } from '../api/settings';
import { type LiveUpdate, useConnectionStatus } from '../sdk';
import type { Freshness } from './freshness';

/** A connection that takes longer than this is worth a word; a shorter one is not worth a flicker. */
const PATIENCE_MS = 1500;

export interface KnownFreshness {
  freshness: Freshness;
  /** Since when it is not live, epoch ms by the server's clock. */
  since: number | null;
  retryAt: number | undefined;
  detail: string | undefined;
}

/** What the page says of itself: the connection first, then the list. */
export function useFreshness(list: LiveUpdate): KnownFreshness {
  const { state, retryAt, detail, trouble } = useConnectionStatus();
  const wasLive = useRef(false);
  const truth = truthOf(state, list.state, wasLive.current, trouble !== undefined);
  const [told, setTold] = useState<{ freshness: Freshness; since: number | null }>({ freshness: truth, since: null });
  useEffect(() => {
    if (truth === 'live') wasLive.current = true;
    const tell = (since: number | null) =>
      setTold((before) => (before.freshness === truth ? before : { freshness: truth, since: before.since ?? since }));
    if (truth === 'live') return setTold({ freshness: 'live', since: null });
    const since = serverNow();
    const timer = setTimeout(() => tell(since), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [truth]);
  const freshAt = list.state === 'stale' ? list.freshAt : null;
  const why = list.state === 'stale' ? list.detail : undefined;
  return {
    ...told,
    since: told.freshness === 'stale' ? (freshAt ?? told.since) : told.since,
    retryAt,
    detail: detail ?? why,
  };
}

function truthOf(connection: string, list: LiveUpdate['state'], wasLive: boolean, isInTrouble: boolean): Freshness {
  if (connection === 'connected') return list === 'stale' ? 'stale' : list === 'loading' ? 'connecting' : 'live';
  if (wasLive) return 'reconnecting';
  return isInTrouble ? 'rest' : 'connecting';
}
