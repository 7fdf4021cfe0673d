import type { LogEntry, PlaceState } from '#libs/session-store';

/** What became of a message, and of an event what its sender is told of it: the whole of it may have a megabyte. */
export type FoundEvent =
  | Exclude<PlaceState, { state: 'recorded' }>
  | {
      state: 'recorded';
      event: { id: string; source: string; type: string };
      subject: string;
      did: Exclude<LogEntry['did'], 'derived'>;
      flags: LogEntry['flags'];
      recordedAt: LogEntry['recordedAt'];
    };

/** Throws where the log says of a place what has none. */
export function foundEvent(found: PlaceState): FoundEvent {
  if (found.state !== 'recorded') return found;
  const { subject, entry } = found;
  const { did, flags, recordedAt } = entry;
  if (did === 'derived') throw new Error('what was derived has no place');
  return { state: 'recorded', event: namedIn(entry.event), subject, did, flags, recordedAt };
}

/** Of an event as it was logged, whatever its version. */
function namedIn(event: unknown): { id: string; source: string; type: string } {
  const said = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  return { id: textOf(said['id']), source: textOf(said['source']), type: textOf(said['type']) };
}
