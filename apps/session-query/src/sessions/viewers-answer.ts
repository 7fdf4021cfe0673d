import { BUCKET_SECONDS, LATEST_TIME_MS, MAX_POINTS, type ViewersAnswer, type ViewersQuery } from '#libs/contracts';
import { wrongParameter } from '#libs/service-host';
import { type Presentable, countsAreVisible, visibleCounts } from '#libs/session';
import type { RecordStore } from '../record/record.store';
import { stalenessOf } from '../http/staleness-of';
import type { Circumstances } from './envelope';

const iso = (ms: number) => new Date(ms).toISOString();

/** The viewer history of a session. */
export async function viewersAnswer(
  record: RecordStore,
  found: Presentable,
  query: ViewersQuery,
  circumstances: Circumstances,
): Promise<ViewersAnswer> {
  const { audience, now } = circumstances;
  const range = rangeOf(query, found, now);
  const isVisible = countsAreVisible(found, audience);
  const nothing = { steps: [], parts: [{ from: range.from, stepMs: range.stepMs }] };
  const { steps, parts } = isVisible ? await record.viewers(found.session.id, range) : nothing;
  const peak = visibleCounts(found, audience);
  return {
    success: true,
    data: {
      session_id: found.session.id,
      from: iso(range.from),
      to: iso(range.to),
      step: range.stepMs / 1000,
      parts: parts.map(({ from, stepMs }) => ({ from: iso(from), step: stepMs / 1000 })),
      counts_visible: isVisible,
      points: steps.map(({ at, ...point }) => ({ ...point, at: iso(at) })),
      max_viewers: peak.max_viewers,
      max_viewers_at: peak.max_viewers_at === null ? null : iso(peak.max_viewers_at),
    },
    timestamp: Math.floor(now / 1000),
    ...stalenessOf(circumstances),
  };
}

/** From the start of the session to its end, or to now, where nothing else is asked for. */
function rangeOf({ from, to, step }: ViewersQuery, { session }: Presentable, now: number) {
  const start = from ?? session.started_at ?? session.created_at;
  // The last bucket begins before the end.
  const end = to ?? Math.min(Math.max(start, session.ended_at ?? now) + 1, LATEST_TIME_MS);
  if (end <= start) throw wrongParameter('to', `must be after from (${iso(start)})`);
  const needed = Math.ceil((end - start) / 1000 / MAX_POINTS / BUCKET_SECONDS) * BUCKET_SECONDS;
  if (step !== undefined && step < needed) {
    throw wrongParameter('step', `must be at least ${needed} for this range: at most ${MAX_POINTS} points are given`);
  }
  return { from: start, to: end, stepMs: (step ?? needed) * 1000 };
}
