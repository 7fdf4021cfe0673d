import type { Audience } from '#libs/session';
import type { Circumstances } from '../sessions/envelope';

/** A question that was understood. */
export interface Asked {
  /** Equal for questions with the same answer; undefined for one whose answer is not kept. */
  key: string | undefined;
  audience: Audience;
  /** `live`: answered from memory, which must have caught up with the projection first. */
  from: 'record' | 'live';
  /** `gone`: nobody waits for the answer any more. */
  answer(circumstances: Circumstances, gone: AbortSignal): Promise<object>;
}
