import type { FoundEvent } from './found-event';

/**
 * What is told to who may know of these sources' events (null: of every one). Of another's event it is told what is told of
 * a heartbeat: that the recording has gone past the place. So nobody learns that it was there, nor what it did; nor by how
 * long the answer takes, for more is asked only of what is told.
 */
export function forSources(found: FoundEvent, sources: readonly string[] | null): FoundEvent {
  const source = sourceOf(found);
  return sources === null || source === null || sources.includes(source) ? found : { state: 'passed' };
}

/** null: the state tells nothing of an event. */
function sourceOf(found: FoundEvent): string | null {
  if (found.state === 'recorded') return found.event.source;
  if (found.state === 'quarantined') return found.quarantined.source;
  return null;
}
