import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { LRUCache } from 'lru-cache';
import { Counter, Gauge } from 'prom-client';
import { callerGone } from '../http/caller-gone';
import { ResponseBody } from '../http/response-body';
import { SharedAfter } from '#libs/live-feed';
import { QueryFeed } from '../live/query.feed';
import { SessionAnswers } from './session-answers';
import type { SessionRequest } from './session-request';

const CACHE_BYTES = 64 * 1024 * 1024;
/** What an entry takes beside its JSON: key, headers and, at worst, two encodings of it. */
const OVERHEAD_BYTES = 1024;
const ENCODED_SHARE = 1.5;
/** How long a response is given in which only counts may have moved. */
const LIMIT_MS = 1000;

/**
 * Responses, made once for all that ask the same at the same time. None is older than the request in what sessions there
 * are and what they are: before a kept one is given, this process has caught up with the projection's present position.
 */
@Injectable()
export class ResponseCache {
  private readonly kept = new LRUCache<string, ResponseBody>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ json }) => OVERHEAD_BYTES + Math.ceil(json.length * ENCODED_SHARE),
  });
  private readonly makers = new Map<string, SharedAfter<ResponseBody>>();
  private readonly given: Counter<'from'>;
  /** Kept responses given since the counter was read last: to count one by its label costs as much as to find it. */
  private givenAgain = 0;

  constructor(
    private readonly live: QueryFeed,
    private readonly answers: SessionAnswers,
    { registry }: Metrics,
  ) {
    const registers = [registry];
    const { kept } = this;
    this.given = new Counter({
      name: 'marquee_query_answers_total',
      help: 'Answers given',
      labelNames: ['from'],
      registers,
      collect: () => {
        this.given.inc({ from: 'cache' }, this.givenAgain);
        this.givenAgain = 0;
      },
    });
    const gauge: Gauge = new Gauge({
      name: 'marquee_query_answer_cache_bytes',
      help: 'Bytes of kept answers',
      registers,
      collect: () => gauge.set(kept.calculatedSize),
    });
  }

  /** `response`: by its connection it is seen whether the caller still waits, where an answer has to be made. */
  async give(request: SessionRequest, response: ServerResponse): Promise<ResponseBody> {
    const { key } = request;
    if (key === undefined) return this.make(request, callerGone(response));
    return (await this.again(request)) ?? this.shared(key, request, callerGone(response));
  }

  /** The kept response, unless it is a second old or a session has changed. Ask `giveAgain` whether it may be given. */
  find({ key }: SessionRequest): ResponseBody | undefined {
    const kept = key === undefined ? undefined : this.kept.get(key);
    // A clock that was set back makes it no younger.
    if (!kept || Math.abs(Date.now() - kept.making.madeAt) >= LIMIT_MS) return undefined;
    return kept.making.mark === this.live.mark ? kept : undefined;
  }

  /** Whether what was found still does, after waiting until this process has caught up; `hasCaughtUp`: what came of it. */
  giveAgain({ making }: ResponseBody, hasCaughtUp: boolean): boolean {
    const stale = !hasCaughtUp || this.live.isStale;
    if (making.mark !== this.live.mark || making.stale !== stale) return false;
    this.givenAgain += 1;
    return true;
  }

  /** The kept response, if nothing that was projected before the call makes it old. */
  private async again(request: SessionRequest): Promise<ResponseBody | undefined> {
    const kept = this.find(request);
    return kept && this.giveAgain(kept, await this.live.catchUp()) ? kept : undefined;
  }

  private async shared(key: string, request: SessionRequest, gone: AbortSignal): Promise<ResponseBody> {
    let maker = this.makers.get(key);
    if (!maker) {
      // While it waited for its turn, a response may have been made that will do.
      maker = new SharedAfter(async ({ signal }) => (await this.again(request)) ?? this.make(request, signal));
      this.makers.set(key, maker);
    }
    try {
      return await maker.ask(gone);
    } finally {
      if (maker.isIdle) this.makers.delete(key);
    }
  }

  private async make(request: SessionRequest, gone: AbortSignal): Promise<ResponseBody> {
    const { audience, from, key } = request;
    const isBehind = from === 'live' && !(await this.live.catchUp());
    // Taken before anything is read: what is projected meanwhile makes the answer old.
    const { mark, position, freshness } = this.live;
    const stale = isBehind || freshness.isStale;
    const now = Date.now();
    const circumstances = { audience, now, position, stale, freshAt: freshness.freshAt, isBehind };
    const answer = await this.answers.answer(request, circumstances, gone);
    const body = new ResponseBody(Buffer.from(JSON.stringify(answer)), { position, madeAt: now, mark, stale });
    if (key !== undefined) this.kept.set(key, body);
    this.given.inc({ from });
    return body;
  }
}
