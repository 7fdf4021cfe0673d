import type { Card, ViewQueryInput } from '#libs/contracts';
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { OnChange } from '../callers';
import { canonicalKey } from '../canonical';
import type { ConnectionStatus } from '../connection-status';
import type { ChangeOptions, Live } from '../live';
import { LOADING, type LiveUpdate } from '../live-update';
import type { Marquee } from '../marquee';
import { LiveSource } from './live-source';
import { useMarquee } from './provider';

const NOT_YET: ConnectionStatus = { state: 'idle' };
const loading = () => LOADING;
const notYet = () => NOT_YET;

/**
 * The answer of a query, kept live while the component is shown. The query may be a new object at each render: what
 * counts is what it asks. `keepPrevious`: a changed query shows the sessions of the one before until it is answered. On
 * a server: `loading`, without sessions.
 */
export function useLiveSessions(query: ViewQueryInput = {}, { keepPrevious = false }: ChangeOptions = {}): LiveUpdate {
  const open = (client: Marquee, onChange: OnChange) => client.live(query, onChange);
  return useLive(canonicalKey(query), open, { keepPrevious, peek: (client) => client.peek(query) });
}

/** These sessions with exact counts, whatever list they are in, in the order of the ids; `absent`: not open. */
export function useWatchedSessions(ids: readonly string[]): LiveUpdate {
  return useLive(ids.join(), (client, onChange) => client.watch(ids, onChange));
}

/** One session with exact counts; `session` is null while it is not known, and while it is not open (`isOpen` false). */
export function useSession(id: string): LiveUpdate & { session: Card | null; isOpen: boolean | null } {
  const update = useWatchedSessions(useMemo(() => [id], [id]));
  const [session = null] = update.sessions;
  const isOpen = session ? true : update.absent.length > 0 ? false : null;
  return useMemo(() => ({ ...update, session, isOpen }), [update]);
}

/** The connection's state and what stands in its way, kept up to date; connects nothing. On a server: `idle`. */
export function useConnectionStatus(): ConnectionStatus {
  const client = useMarquee();
  const subscribe = useCallback((looker: () => void) => client.onStatus(looker), [client]);
  return useSyncExternalStore(subscribe, () => client.status, notYet);
}

interface Before extends ChangeOptions {
  /** What the client holds already. */
  peek?: (client: Marquee) => LiveUpdate;
}

/** The key says all that `open` depends on. */
function useLive(
  key: string,
  open: (client: Marquee, onChange: OnChange) => Live,
  { keepPrevious = false, peek = loading }: Before = {},
): LiveUpdate {
  const client = useMarquee();
  const shown = useRef<LiveUpdate>(undefined);
  const source = useMemo(() => {
    const previous = keepPrevious ? shown.current : undefined;
    return new LiveSource((onChange) => open(client, onChange), peek(client), previous);
  }, [client, key]);
  const update = useSyncExternalStore(source.subscribe, source.read, loading);
  // What was drawn last: the source of the next query is made before this runs again.
  useEffect(() => {
    shown.current = update;
  }, [update]);
  return update;
}
