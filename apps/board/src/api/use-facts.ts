import { useApiKey } from './api-key';
import type { Facts } from './facts';
import { type Answered, useAnswer } from './use-answer';

const EVERY_MS = 3000;

/** What the processes say of themselves; nothing is asked without a key. */
export function useFacts(): Answered<Facts> {
  const hasKey = useApiKey() !== null;
  return useAnswer<Facts>(hasKey ? '/admin/facts' : null, { everyMs: EVERY_MS });
}
