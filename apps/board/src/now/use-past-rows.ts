import { useCallback, useEffect, useRef, useState } from 'react';
import { useApiKey } from '../api/api-key';
import { askRest } from '../api/rest';
import { rowOfSession } from '../live/row';
import type { RestSession } from '../sdk';
import type { PagedSessions } from './paged-sessions';
import { type Question, restPath } from '../live/question';

interface Page {
  sessions: RestSession[];
  total: number;
  total_exact: boolean;
  next_cursor: string | null;
}

interface Walked {
  path: string;
  sessions: Omit<PagedSessions, 'more'>;
  cursor: string | null;
}

const PAGE = '50';
const LOADING: Omit<PagedSessions, 'more'> = {
  state: 'loading',
  rows: [],
  total: 0,
  at: undefined,
  refusal: undefined,
  isTotalExact: true,
};

/** The answer of REST, page after page as they are wanted. null asks nothing. */
export function usePastRows(question: Question | null): PagedSessions {
  const path = question && restPath(question, { limit: PAGE });
  const key = useApiKey();
  const [walked, setWalked] = useState<Walked>();
  const asking = useRef(false);
  const known = walked?.path === path ? walked : undefined;
  const ask = useCallback(async (from: string, before: Walked | undefined, signal?: AbortSignal) => {
    asking.current = true;
    const cursor = before?.cursor;
    const answer = await askRest<Page>(
      cursor ? `${from}&cursor=${encodeURIComponent(cursor)}` : from,
      signal ? { signal } : {},
    );
    asking.current = false;
    if (!answer.ok) {
      const { refusal } = answer;
      return setWalked({
        path: from,
        cursor: null,
        sessions: { ...(before?.sessions ?? LOADING), state: 'refused', refusal },
      });
    }
    const { data, isStale } = answer;
    const rows = [...(before?.sessions.rows ?? []), ...data.sessions.map(rowOfSession)];
    const { total, total_exact: isTotalExact, next_cursor } = data;
    const sessions = { ...LOADING, state: isStale ? ('stale' as const) : ('live' as const), rows, total, isTotalExact };
    setWalked({ path: from, cursor: next_cursor, sessions });
  }, []);
  useEffect(() => {
    if (path === null) return;
    const aborter = new AbortController();
    ask(path, undefined, aborter.signal).catch(() => undefined);
    return () => aborter.abort();
  }, [path, key, ask]);
  const more = useCallback(() => {
    if (path !== null && known?.cursor && !asking.current) void ask(path, known);
  }, [path, known, ask]);
  return { ...(known?.sessions ?? LOADING), more };
}
