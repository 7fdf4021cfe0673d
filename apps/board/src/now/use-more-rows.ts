import { useMemo } from 'react';
import type { Sessions } from '../live/use-live-rows';
import type { PagedSessions } from './paged-sessions';
import type { Question } from '../live/question';
import { usePastRows } from './use-past-rows';

/** The rows of a live view, and below them those of REST where there are more than a view holds. */
export function useMoreRows(question: Question | null, first: Sessions): PagedSessions {
  const isMore = first.rows.length > 0 && first.total > first.rows.length;
  const rest = usePastRows(isMore ? question : null);
  const rows = useMemo(() => {
    if (rest.rows.length === 0) return first.rows;
    const shown = new Set(first.rows.map(({ id }) => id));
    return [...first.rows, ...rest.rows.filter(({ id }) => !shown.has(id))];
  }, [first.rows, rest.rows]);
  return { ...first, rows, isTotalExact: true, refusalOfMore: rest.refusalOfMore, more: rest.more };
}
