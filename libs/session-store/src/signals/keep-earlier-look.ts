import type { DerivedSession } from '../folds/derive-held';

/**
 * A look that is planned stays planned where it comes before the one that is needed now: the watchdog's look finds the
 * true time. So the index of `due` is not written with each signal.
 */
export function keepEarlierLook(session: DerivedSession): DerivedSession {
  const { before, signals } = session;
  const planned = before?.signals.due ?? null;
  if (planned === null || signals.due === null || planned >= signals.due) return session;
  return { ...session, signals: { ...signals, due: planned } };
}
