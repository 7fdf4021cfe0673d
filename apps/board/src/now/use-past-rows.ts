import { useCallback, useEffect, useRef, useState } from 'react';
import { useApiKey } from '../api/api-key';
import { type Question, restPath } from '../live/question';
import type { Sessions } from '../live/use-live-rows';
import type { PagedSessions } from './paged-sessions';
import { RestWalk, type Walked } from './rest-walk';

const PAGE = '50';
const LOADING: Omit<PagedSessions, 'more'> = {
  state: 'loading',
  rows: [],
  total: 0,
  at: undefined,
  refusal: undefined,
  isTotalExact: true,
  refusalOfMore: undefined,
};

/** The answer of REST, page after page as they are wanted. null asks nothing. */
export function usePastRows(question: Question | null): PagedSessions {
  const path = question && restPath(question, { limit: PAGE });
  const key = useApiKey();
  const walk = useRef<RestWalk>(undefined);
  const [told, tell] = useState<{ path: string; walked: Walked }>();
  const walked = told?.path === path ? told?.walked : undefined;
  useEffect(() => {
    if (path === null) return;
    const begun = new RestWalk(path, (news) => tell({ path, walked: news }));
    walk.current = begun;
    begun.more();
    return () => begun.close();
  }, [path, key]);
  // Another function after each page: whoever is near the end by then asks for the next one.
  const more = useCallback(() => {
    if (walked) walk.current?.more();
  }, [walked]);
  return { ...(walked ? seen(walked) : LOADING), more };
}

function seen({ isEmpty, isStale, refusal, rows, total, isTotalExact }: Walked): typeof LOADING {
  if (isEmpty) return { ...LOADING, state: 'refused', refusal, refusalOfMore: refusal };
  const state: Sessions['state'] = isStale ? 'stale' : 'live';
  return { ...LOADING, state, rows, total, isTotalExact, refusalOfMore: refusal };
}
