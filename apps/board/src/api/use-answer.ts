import { useEffect, useState } from 'react';
import { useApiKey } from './api-key';
import { type Answered, NOTHING, heldAfter, pauseMs } from './answered';
import { type Asking, type RestAnswer, askRest } from './rest';

export type { Answered } from './answered';

export interface AnswerOptions<T> {
  /** Asks again after so long, while the page is seen. What failed is asked again in any case. */
  everyMs?: number | undefined;
  /** Asks again when it changes. */
  again?: unknown;
  /** Instead of the tab's: null asks as the public. */
  key?: string | null;
  /** Instead of one GET. The same one each time, or it is asked again. */
  ask?: (url: string, asking: Asking) => Promise<RestAnswer<T>>;
}

/** The answer to a GET, asked again as told; null asks nothing. What another question or another key was answered is not shown for this one. */
export function useAnswer<T>(url: string | null, options: AnswerOptions<T> = {}): Answered<T> {
  const tabKey = useApiKey();
  const { everyMs, again, key = tabKey, ask = askRest<T> } = options;
  const [known, setKnown] = useState<{ url: string | null; key: string | null; answered: Answered<T> }>();
  useEffect(() => {
    if (url === null) return;
    const aborter = new AbortController();
    const { signal } = aborter;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    let isAsking = false;
    const askOnce = async () => {
      if (isAsking || document.visibilityState === 'hidden') return;
      isAsking = true;
      clearTimeout(timer);
      const answer = await ask(url, { signal, key });
      isAsking = false;
      if (signal.aborted) return;
      failures = answer.ok ? 0 : failures + 1;
      setKnown((before) => {
        const isSame = before?.url === url && before.key === key;
        return { url, key, answered: heldAfter(isSame ? before.answered : NOTHING, answer) };
      });
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
  }, [url, everyMs, again, key, ask]);
  return known?.url === url && known.key === key ? known.answered : NOTHING;
}
