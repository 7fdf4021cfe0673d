import { useApiKey } from '../api/api-key';
import type { Facts } from '../api/facts';
import { type Answered, useAnswer } from '../api/use-answer';

const EVERY_MS = 3000;
const NOT_ASKED: Answered<Facts> = { data: undefined, refusal: undefined, isStale: false, answeredAt: undefined };

/** What the processes say of themselves; nothing is asked without a key. */
export function useFacts(): Answered<Facts> {
  const hasKey = useApiKey() !== null;
  const answered = useAnswer<Facts>(hasKey ? '/admin/facts' : null, { everyMs: EVERY_MS });
  return hasKey ? answered : NOT_ASKED;
}
