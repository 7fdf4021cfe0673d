import type { EventAtPlace } from '#libs/contracts';

type WithoutPlace<T> = T extends unknown ? Omit<T, 'topic' | 'partition' | 'offset'> : never;
/** What became of an event, without the place that was asked for. */
export type EventState = WithoutPlace<EventAtPlace>;

/**
 * What is told to who may know of these sources' events (null: of every one). Of another's event it is told what is told of
 * a heartbeat: that the recording has gone past the place. So nobody learns that it was there, nor what it did.
 */
export function forSources(state: EventState, sources: readonly string[] | null): EventState {
  const source = sourceOf(state);
  return sources === null || source === null || sources.includes(source) ? state : { state: 'passed' };
}

/** null: the state tells nothing of an event. */
function sourceOf(state: EventState): string | null {
  if (state.state === 'recorded') return state.event.source;
  if (state.state === 'quarantined') return state.quarantine.source;
  return null;
}
