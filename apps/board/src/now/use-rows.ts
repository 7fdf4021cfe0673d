import { useLiveRows } from '../live/use-live-rows';
import type { PagedSessions } from './paged-sessions';
import { type Question, isLive } from '../live/question';
import { useMoreRows } from './use-more-rows';
import { usePastRows } from './use-past-rows';

const NO_QUESTION: Question = {};

/** The rows of a question, however many: the first from a live view, those below it, and the past, from REST. */
export function useRows(question: Question): PagedSessions {
  const live = isLive(question);
  const first = useLiveRows(live ? question : NO_QUESTION);
  const below = useMoreRows(live ? question : null, first);
  const past = usePastRows(live ? null : question);
  return live ? below : past;
}
