import { useEffect, useState } from 'react';
import { useApiKey } from './api-key';
import { type Answered, NOTHING, heldAfter } from './answered';
import { keepAsking } from './keep-asking';
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
    return keepAsking(
      (signal) => ask(url, { signal, key }),
      everyMs,
      (answer) =>
        setKnown((before) => {
          const isSame = before?.url === url && before.key === key;
          return { url, key, answered: heldAfter(isSame ? before.answered : NOTHING, answer) };
        }),
    );
  }, [url, everyMs, again, key, ask]);
  return known?.url === url && known.key === key ? known.answered : NOTHING;
}
