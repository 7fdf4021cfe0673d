import { setTimeout as wait } from 'node:timers/promises';
import type { Position, RestSession } from '#libs/contracts';
import { CouldNotLook, messageOf } from './could-not-look';

const ANSWER_LIMIT_MS = 20_000;
const TRIES = 8;
const LONGEST_PAUSE_MS = 65_000;
const REFUSED_FOR_NOW = new Set([429, 502, 503, 504]);

export interface ListPage {
  sessions: RestSession[];
  next: string | null;
  /** Epoch ms of the answer. */
  now: number;
  /** What had been projected by then is in it; null: the service has not read the projection yet. */
  position: Position | null;
  stale: boolean;
}

interface ListBody {
  data: { sessions: RestSession[]; next_cursor: string | null };
  timestamp: number;
  stale?: boolean;
}

/** The query service as callers have it, with the position that each answer says of itself. */
export class Rest {
  constructor(
    private readonly url: string,
    private readonly apiKey: string | undefined,
  ) {}

  /** Throws CouldNotLook. */
  async list(path: string, parameters: Record<string, string>): Promise<ListPage> {
    const url = `${this.url.replace(/\/+$/, '')}${path}?${new URLSearchParams(parameters).toString()}`;
    const answer = await this.ask(url);
    const { data, timestamp, stale = false } = (await answer.json()) as ListBody;
    const position = positionOf(answer.headers.get('x-live-position'));
    return { sessions: data.sessions, next: data.next_cursor, now: timestamp * 1000, position, stale };
  }

  private async ask(url: string): Promise<Response> {
    const headers = this.apiKey === undefined ? {} : { 'x-api-key': this.apiKey };
    for (let tries = 1; ; tries++) {
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).catch(
        (error: unknown) => {
          throw this.away(`${this.url} cannot be reached: ${messageOf(error)}`, error);
        },
      );
      if (answer.ok) return answer;
      if (!REFUSED_FOR_NOW.has(answer.status) || tries === TRIES) {
        throw this.away(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
      }
      const after = Number(answer.headers.get('retry-after') ?? 1) * 1000;
      await wait(Math.min(Number.isFinite(after) ? after : 1000, LONGEST_PAUSE_MS));
    }
  }

  private away(why: string, cause?: unknown): CouldNotLook {
    return new CouldNotLook('REST', why, 'see that QUERY_URL is the address of session-query', { cause });
  }
}

/** `epoch.seq` */
function positionOf(text: string | null): Position | null {
  const [, epoch, seq] = /^(\d+)\.(\d+)$/.exec(text ?? '') ?? [];
  return epoch === undefined ? null : { epoch: Number(epoch), seq: Number(seq) };
}
