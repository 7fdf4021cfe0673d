import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../refusal';
import type { Caller } from './caller';

export interface CallersOptions {
  /** The caller whose key it is; undefined: nobody's. Rejects when that cannot be known now. */
  findKey: (key: string) => Promise<Caller | undefined>;
  /** The bearer of a token; rejects when it is not valid. */
  verifyToken: (token: string) => Promise<Caller>;
}

type Headers = Pick<IncomingHttpHeaders, 'authorization'> & Record<string, string | string[] | undefined>;

interface Known {
  caller: Caller | undefined;
  /** Epoch ms. */
  foundAt: number;
}

/** How long a key is believed without another look: a revoked one opens nothing after it. */
const BELIEVED_MS = 5000;
const KNOWN_KEYS = 10_000;
const BEARER = /^bearer +(\S+)$/i;

/**
 * Who calls, by `X-API-Key` or `Authorization: Bearer`. Who sends neither is the public; what is sent and wrong is
 * refused, so that nobody takes masked fields for missing ones. While keys cannot be looked up the known ones hold.
 */
export class Callers {
  private readonly known = new Map<string, Known>();

  constructor(private readonly options: CallersOptions) {}

  /** null: the public. Throws a Refusal (401, 503). `now`: epoch ms. */
  async of(headers: Headers, now: number): Promise<Caller | null> {
    const key = headers['x-api-key'];
    if (key !== undefined) return this.byKey(Array.isArray(key) ? key.join() : key, now);
    if (headers.authorization !== undefined) return this.byToken(headers.authorization, now);
    return null;
  }

  private async byKey(key: string, now: number): Promise<Caller> {
    const caller = await this.find(key, now);
    if (caller) return caller;
    throw unauthorized('X-API-Key', 'the API key is not known', 'must be a known key, or be left out');
  }

  private async find(key: string, now: number): Promise<Caller | undefined> {
    const name = createHash('sha256').update(key).digest('base64url');
    const known = this.known.get(name);
    if (known && now - known.foundAt < BELIEVED_MS) return known.caller;
    try {
      return this.remember(name, { caller: await this.options.findKey(key), foundAt: now });
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (known?.caller) return known.caller;
      throw new Refusal(503, 'unavailable', 'API keys cannot be looked up now; ask again in a moment');
    }
  }

  private remember(name: string, found: Known): Caller | undefined {
    this.known.delete(name);
    this.known.set(name, found);
    const [oldest] = this.known.keys();
    if (this.known.size > KNOWN_KEYS && oldest !== undefined) this.known.delete(oldest);
    return found.caller;
  }

  private async byToken(authorization: string, now: number): Promise<Caller> {
    const [, token] = BEARER.exec(authorization) ?? [];
    const caller = token === undefined ? undefined : await this.options.verifyToken(token).catch(() => undefined);
    if (caller && (caller.until === null || caller.until > now)) return caller;
    throw unauthorized('Authorization', 'the token is not valid', 'must be Bearer and a valid token, or be left out');
  }
}

function unauthorized(parameter: string, error: string, message: string): Refusal {
  return new Refusal(401, 'unauthorized', error, [{ parameter, message }]);
}
