import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { type Question, readQuestion, writeQuestion } from '../live/question';

export type ChangeQuestion = (changed: Partial<Question>, how?: { replace?: boolean }) => void;

/** The question in the page's address. A filter that is changed to nothing is taken out. */
export function useQuestion(): { question: Question; change: ChangeQuestion } {
  const search = useSearch();
  const [path, go] = useLocation();
  const question = useMemo(() => readQuestion(search), [search]);
  const change = useCallback<ChangeQuestion>(
    (changed, { replace = false } = {}) => {
      // What was typed last comes a moment later: it brings nobody back who has gone to another page.
      if (location.pathname !== path) return;
      const written = writeQuestion({ ...question, ...changed }, search);
      go(written ? `${path}?${written}` : path, { replace });
    },
    [question, search, path, go],
  );
  return { question, change };
}
