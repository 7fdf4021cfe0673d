import { LRUCache } from 'lru-cache';
import { Refusal } from '../refusal';
import { type Caller, isOver } from './caller';
import { type Credential, nameOf } from './credential';
import { within } from './within';

/** Gives the caller; rejects with a Refusal (401) when it is nobody's, else when that cannot be known now. */
export type Verifier = (text: string) => Promise<Caller>;

export type CallersOptions = Record<Credential['kind'], Verifier>;

interface Known {
  caller: Caller;
  /** When it was verified last, epoch ms. */
  verifiedAt: number;
}

interface Verifying {
  outcome: Promise<Caller>;
  /** Epoch ms. */
  since: number;
}

/** How long a credential is believed without another look: a revoked key opens nothing after it. */
const BELIEVED_MS = 5000;
/**
 * How long a known one holds while it cannot be verified. It bounds what a revocation misses that this process cannot
 * see; see docs/decisions/0036.
 */
const HELD_MS = 15 * 60_000;
/** How long a known caller waits for another look before it is answered from memory. */
const PATIENCE_MS = 250;
const KNOWN = 10_000;
const UNKNOWN = 1000;

/**
 * Who calls. Known credentials are kept apart from those that were refused, so nobody can push them out by guessing,
 * and hold while they cannot be verified. Many requests with the same credential cost one look.
 */
export class Callers {
  private readonly known = new LRUCache<string, Known>({ max: KNOWN });
  private readonly refused = new LRUCache<string, { refusal: Refusal; at: number }>({ max: UNKNOWN });
  private readonly verifying = new Map<string, Verifying>();

  constructor(private readonly verifiers: CallersOptions) {}

  /** Whether this credential was good when it was looked at last: it is not one of many guesses. */
  isKnown(credential: Credential, now: number): boolean {
    const known = this.known.get(nameOf(credential));
    return known !== undefined && holds(known, now);
  }

  /** The caller. Rejects with a Refusal: 401 when it is nobody, 503 when that cannot be known now. `now`: epoch ms. */
  async of(credential: Credential, now: number): Promise<Caller> {
    const name = nameOf(credential);
    const known = this.known.get(name);
    if (known && holds(known, now)) {
      if (now - known.verifiedAt < BELIEVED_MS) return known.caller;
      return this.verifiedOrHeld(name, credential, known, now);
    }
    const refused = this.refused.get(name);
    if (refused && now - refused.at < BELIEVED_MS) throw refused.refusal;
    return this.verify(name, credential, now).outcome;
  }

  private async verifiedOrHeld(name: string, credential: Credential, known: Known, now: number): Promise<Caller> {
    const { outcome, since } = this.verify(name, credential, now);
    try {
      return await within(Math.max(0, PATIENCE_MS - (now - since)), outcome);
    } catch (error) {
      if (isNobody(error)) throw error;
      return known.caller;
    }
  }

  private verify(name: string, { kind, text }: Credential, now: number): Verifying {
    const running = this.verifying.get(name);
    if (running) return running;
    const outcome = this.verifiers[kind](text).then(
      (caller) => this.accept(name, caller, now),
      (error: unknown) => this.reject(name, error, now),
    );
    const verifying = { outcome: outcome.finally(() => this.verifying.delete(name)), since: now };
    // Whoever was answered from memory does not wait for it.
    verifying.outcome.catch(() => undefined);
    this.verifying.set(name, verifying);
    return verifying;
  }

  private accept(name: string, caller: Caller, now: number): Caller {
    this.known.set(name, { caller, verifiedAt: now });
    this.refused.delete(name);
    return caller;
  }

  private reject(name: string, error: unknown, now: number): never {
    if (isNobody(error)) {
      this.known.delete(name);
      this.refused.set(name, { refusal: error, at: now });
    }
    if (error instanceof Refusal) throw error;
    const refusal = new Refusal(503, 'unavailable', 'API keys cannot be looked up now; ask again in a moment');
    throw Object.assign(refusal, { cause: error });
  }
}

function holds({ caller, verifiedAt }: Known, now: number): boolean {
  return now - verifiedAt < HELD_MS && !isOver(caller.until, now);
}

function isNobody(error: unknown): error is Refusal {
  return error instanceof Refusal && error.getStatus() === 401;
}
