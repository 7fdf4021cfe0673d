import type { ViewQueryInput } from '#libs/contracts';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { OnChange } from '../callers';
import { canonicalKey } from '../canonical';
import type { ConnectionStatus } from '../connection-status';
import { LOADING, type Live } from '../live';
import type { Marquee } from '../marquee';
import type { LiveUpdate } from '../subscription';
import { LiveSource } from './live-source';
import { useMarquee } from './provider';

const NOT_YET: ConnectionStatus = { state: 'idle' };
const loading = () => LOADING;
const notYet = () => NOT_YET;

/**
 * The answer of a query, kept live while the component is shown. The query may be a new object at each render: what
 * counts is what it asks. On a server, and until the first answer: `loading`, without sessions.
 */
export function useLiveSessions(query: ViewQueryInput = {}): LiveUpdate {
  return useLive(canonicalKey(query), (client, onChange) => client.live(query, onChange));
}

/** These sessions with exact counts, whatever list they are in, in the order of the ids; `absent`: not open. None: `loading`. */
export function useWatchedSessions(ids: readonly string[]): LiveUpdate {
  return useLive(ids.join(), (client, onChange) => (ids.length > 0 ? client.watch(ids, onChange) : NOTHING));
}

/** The connection's state and what stands in its way, kept up to date. On a server: `idle`. */
export function useConnectionStatus(): ConnectionStatus {
  const client = useMarquee();
  const subscribe = useCallback((looker: () => void) => client.onStatus(looker), [client]);
  return useSyncExternalStore(subscribe, () => client.status, notYet);
}

const NOTHING: Live = { current: LOADING, close: () => undefined };

function useLive(key: string, open: (client: Marquee, onChange: OnChange) => Live): LiveUpdate {
  const client = useMarquee();
  // The key says all that `open` depends on.
  const source = useMemo(() => new LiveSource((onChange) => open(client, onChange)), [client, key]);
  return useSyncExternalStore(source.subscribe, source.read, loading);
}
