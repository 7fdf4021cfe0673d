import { EventsLeave } from './events-leave';
import type { Leaving } from './leaving';
import type { RetentionPolicy } from './policy';
import { ViewersLeave } from './viewers-leave';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** All tables that something leaves, in the order in which they have their turn. */
export function allThatLeaves(policy: RetentionPolicy): Leaving[] {
  const { eventsDays } = policy;
  const viewers = [
    new ViewersLeave('viewer_buckets', policy.viewersTenSecondsHours * HOUR_MS),
    new ViewersLeave('viewer_minutes', policy.viewersMinutesDays * DAY_MS),
  ];
  if (eventsDays === null) return viewers;
  const events = (['event_inbox', 'session_log'] as const).map((table) => new EventsLeave(table, eventsDays * DAY_MS));
  return [...viewers, ...events];
}
