import type { SocketRefusal, RefusalCode, Subscribed } from '#libs/contracts';
import type { Returning } from './answer';
import type { AudienceName } from './presentation';
import type { Question } from './question';

/** A listener asks for a view, new or returning. `reply` is called once, before the frame that it announces. */
export interface Ask<L> {
  listener: L;
  /** Whose share of views and of waiting places it takes. */
  address: string;
  question: Question;
  audience: AudienceName;
  returning: Returning;
  /** Whether the listener hears the reply; else a frame follows in any case, so that it knows where it is. */
  hearsReply: boolean;
  reply: (answer: Subscribed | SocketRefusal) => void;
}

/** An ask and the whole text of its question: made once, for a question of many ids is long. */
export interface KnownAsk<L> extends Ask<L> {
  text: string;
}

/** Who is refused for what passes soon comes again after this. */
export const RETRY_AFTER_MS = 1000;

/** A text may name what was sent, and that may be as long as a message. */
const TEXT_LIMIT = 300;

export function refusal(code: RefusalCode, text: string, retryAfterMs?: number): SocketRefusal {
  const error = text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text;
  return { ok: false, code, error, ...(retryAfterMs ? { retry_after_ms: retryAfterMs } : {}) };
}
