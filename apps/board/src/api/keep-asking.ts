import { pauseMs } from './answered';
import type { RestAnswer } from './rest';

/**
 * Asks, and again after `everyMs` or as a refusal says, while the page is seen; the answer to one question is awaited
 * before the next. Gives the way to end it: nothing is heard after that.
 */
export function keepAsking<T>(
  ask: (signal: AbortSignal) => Promise<RestAnswer<T>>,
  everyMs: number | undefined,
  heard: (answer: RestAnswer<T>) => void,
): () => void {
  const aborter = new AbortController();
  const { signal } = aborter;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isAsking = false;
  const askOnce = async () => {
    if (isAsking || document.visibilityState === 'hidden') return;
    isAsking = true;
    clearTimeout(timer);
    const answer = await ask(signal);
    isAsking = false;
    if (signal.aborted) return;
    failures = answer.ok ? 0 : failures + 1;
    heard(answer);
    const ms = pauseMs(answer, failures, everyMs);
    if (ms !== undefined) timer = setTimeout(asked, ms);
  };
  const asked = () => void askOnce().catch(() => undefined);
  asked();
  document.addEventListener('visibilitychange', asked, { signal });
  return () => {
    aborter.abort();
    clearTimeout(timer);
  };
}
