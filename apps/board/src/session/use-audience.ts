import { useEffect, useRef, useState } from 'react';
import { useAnswer } from '../api/use-answer';
import { serverNow } from '../api/settings';
import { atEnds } from './at-ends';
import type { RestSession, ViewersHistory } from '../sdk';

type Recorded = Omit<ViewersHistory, 'timestamp' | 'stale' | 'fresh_at'>;

/** A number of people at a time, Unix seconds. */
export interface AudiencePoint {
  at: number;
  min: number;
  max: number;
  last: number;
}

export interface Audience {
  isKnown: boolean;
  /** False: the preset hides them. */
  isVisible: boolean;
  points: readonly AudiencePoint[];
  /** Seconds between points. */
  step: number;
  peak: { count: number; at: number } | null;
  average: number | null;
}

/** What has been pushed here is what REST has recorded, a moment later. */
const EVERY_MS = 30_000;
const NONE: readonly AudiencePoint[] = [];

/** How many watched a session: what REST has recorded, and after it what is pushed to this page. */
export function useAudience(session: RestSession | undefined): Audience {
  const isLive = session?.status === 'live';
  const { data, answeredAt = 0 } = useAnswer<Recorded>(
    session && session.status !== 'scheduled' ? `/sessions/${session.id}/viewers` : null,
    {
      again: session?.status,
      ...(isLive && { everyMs: EVERY_MS }),
    },
  );
  const seen = useRef<AudiencePoint[]>([]);
  const [, redraw] = useState(0);
  const count = isLive ? (session?.viewer_count ?? null) : null;
  useEffect(() => {
    if (count === null) return;
    const at = Math.floor(serverNow() / 1000);
    seen.current = [...seen.current.slice(-600), { at, min: count, max: count, last: count }];
    redraw(at);
  }, [count]);
  if (!data) return { isKnown: false, isVisible: true, points: NONE, step: 10, peak: null, average: null };
  const { counts_visible: isVisible, step, max_viewers, max_viewers_at } = data;
  const begun = data.points.map((point) => ({ ...point, at: Date.parse(point.at) / 1000 }));
  const recorded = atEnds(begun, step, (session?.ended_at ? Date.parse(session.ended_at) : answeredAt) / 1000);
  const end = recorded.at(-1)?.at ?? 0;
  const points = [...recorded, ...seen.current.filter(({ at }) => at > end)];
  const most = Math.max(max_viewers ?? 0, session?.max_viewers ?? 0);
  const at =
    most === max_viewers && max_viewers_at
      ? Date.parse(max_viewers_at) / 1000
      : points.find(({ max }) => max >= most)?.at;
  return {
    isKnown: true,
    isVisible,
    points,
    step,
    peak: at === undefined ? null : { count: most, at },
    average: averageOf(recorded),
  };
}

function averageOf(points: readonly AudiencePoint[]): number | null {
  if (points.length === 0) return null;
  return Math.round(points.reduce((sum, { last }) => sum + last, 0) / points.length);
}
