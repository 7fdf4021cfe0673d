import type { SessionRecord } from './session-record';

const HEARTBEAT_LEASE_SECONDS = 60;

/** Within so long after a signal the next one has to come; null: nothing was promised. */
export function leaseMsOf({ lease, heartbeats }: SessionRecord): number | null {
  if (lease) return lease.value * 1000;
  return heartbeats ? HEARTBEAT_LEASE_SECONDS * 1000 : null;
}

/** After half a lease without a signal a session is reconnecting; null: it has no lease. */
export function halfLeaseMsOf(record: SessionRecord): number | null {
  const lease = leaseMsOf(record);
  return lease === null ? null : lease / 2;
}
