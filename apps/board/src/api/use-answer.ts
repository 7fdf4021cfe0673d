import { useEffect, useState } from 'react';
import { useApiKey } from './api-key';
import { type RestAnswer, type RestRefusal, askRest } from './rest';

export interface Answered<T> {
  /** The last answer of this question; undefined: none yet. */
  data: T | undefined;
  /** Of the last try; what was answered before stays. */
  refusal: RestRefusal | undefined;
  isStale: boolean;
  /** Epoch ms, by the server, of the last answer. */
  answeredAt: number | undefined;
}

/** No key, or one that may not. */
const FOR_THE_KEY: ReadonlySet<number> = new Set([401, 403]);
const NOTHING: Answered<never> = { data: undefined, refusal: undefined, isStale: false, answeredAt: undefined };

export interface AnswerOptions {
  /** Asks again after so long, while the page is seen. */
  everyMs?: number;
  /** Asks again when it changes. */
  again?: unknown;
}

/** The answer to a GET, asked again as told; null asks nothing. What the question before was answered is not shown for this one. */
export function useAnswer<T>(url: string | null, { everyMs, again }: AnswerOptions = {}): Answered<T> {
  const key = useApiKey();
  const [known, setKnown] = useState<{ url: string | null; answered: Answered<T> }>({ url, answered: NOTHING });
  useEffect(() => {
    if (url === null) return;
    const aborter = new AbortController();
    const { signal } = aborter;
    const ask = async () => {
      if (document.visibilityState === 'hidden') return;
      const answer = await askRest<T>(url, { signal });
      // It is refused to this key: to ask again with it tells nothing.
      if (!answer.ok && FOR_THE_KEY.has(answer.refusal.status)) clearInterval(timer);
      if (!signal.aborted)
        setKnown((before) => ({ url, answered: after(before.url === url ? before.answered : NOTHING, answer) }));
    };
    const asked = () => void ask().catch(() => undefined);
    asked();
    document.addEventListener('visibilitychange', asked, { signal });
    const timer = everyMs === undefined ? undefined : setInterval(asked, everyMs);
    return () => {
      aborter.abort();
      clearInterval(timer);
    };
  }, [url, everyMs, again, key]);
  return known.url === url ? known.answered : NOTHING;
}

function after<T>(before: Answered<T>, answer: RestAnswer<T>): Answered<T> {
  if (!answer.ok) return { ...before, refusal: answer.refusal };
  return { data: answer.data, refusal: undefined, isStale: answer.isStale, answeredAt: answer.timestamp * 1000 };
}
