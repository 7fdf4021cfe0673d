import { useMemo } from 'react';
import { type Answered, useAnswer } from '../api/use-answer';
import { type RestSession, useWatchedSessions } from '../sdk';

/** While no gateway says when it changed: there is none, or it follows open sessions only. */
const EVERY_MS = 10_000;

export interface KnownSession extends Pick<Answered<RestSession>, 'refusal' | 'isGone' | 'answeredAt'> {
  session: RestSession | undefined;
  /** Grows with each change of it, counts aside; what was asked for an older one is asked again. */
  version: string;
}

/** A session as REST tells it, asked again with each change that is pushed, with the count and the health of this moment. */
export function useSession(id: string): KnownSession {
  const ids = useMemo(() => [id], [id]);
  const { sessions, absent, state } = useWatchedSessions(ids);
  const [card] = sessions;
  const version = `${card?.version ?? ''}${absent.length > 0 ? 'absent' : ''}`;
  const isFollowed = state === 'live' && absent.length === 0;
  const { data, refusal, isGone, answeredAt } = useAnswer<RestSession>(`/sessions/${id}`, {
    again: version,
    everyMs: isFollowed ? undefined : EVERY_MS,
  });
  const session = useMemo(() => {
    if (!data || !card || card.version < data.version) return data;
    const { status, health, viewer_count, max_viewers } = card;
    return { ...data, status, health, viewer_count, max_viewers };
  }, [data, card]);
  return { session, refusal, isGone, answeredAt, version };
}
