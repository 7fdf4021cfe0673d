import type { RestSession, SessionAnswer, Stats, StatsAnswer, ViewersAnswer } from '#libs/contracts';
import { addressOf } from '../http/address';
import type { Http } from '../http/http';
import { type Time, timeOf } from '../list/session-query';

/** Beside what was asked for: of when it is, and whether it may be old. */
export interface Answered {
  /** Unix seconds of the answer. */
  timestamp: number;
  /** The live projection is behind or out of reach: counts and states may be old. */
  stale: boolean;
  /** While stale: up to when it is known to be complete, RFC 3339; null: not known, or not stale. */
  fresh_at: string | null;
}

/** A range of time and its steps in seconds, a multiple of 10; what is left out, the server chooses. */
export interface ViewersRange {
  from?: Time;
  to?: Time;
  step?: number;
}

export type ViewersHistory = ViewersAnswer['data'] & Answered;

interface Envelope<T> {
  data: T;
  timestamp: number;
  stale?: boolean | undefined;
  fresh_at?: string | null | undefined;
}

/** The data of an answer, with what its envelope says. */
export function opened<T extends object>({ data, timestamp, stale = false, fresh_at = null }: Envelope<T>): T & Answered {
  return { ...data, timestamp, stale, fresh_at };
}

/** Single questions to the query service. */
export class Lookups {
  constructor(
    private readonly http: Http,
    private readonly api: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async session(id: string): Promise<RestSession & Answered> {
    return opened((await this.ask(`/sessions/${encodeURIComponent(id)}`)) as SessionAnswer);
  }

  async stats(): Promise<Stats & Answered> {
    return opened((await this.ask('/sessions/stats')) as StatsAnswer);
  }

  async viewers(id: string, { from, to, step }: ViewersRange): Promise<ViewersHistory> {
    const parameters = {
      ...(from !== undefined && { from: timeOf(from) }),
      ...(to !== undefined && { to: timeOf(to) }),
      ...(step !== undefined && { step: String(step) }),
    };
    return opened((await this.ask(`/sessions/${encodeURIComponent(id)}/viewers`, parameters)) as ViewersAnswer);
  }

  private ask(path: string, parameters: Record<string, string> = {}): Promise<unknown> {
    const url = addressOf(this.api, path);
    url.search = String(new URLSearchParams(parameters));
    return this.http.request(url, this.signal ? { signal: this.signal } : {});
  }
}
