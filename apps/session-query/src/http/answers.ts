import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { Counter, Gauge } from 'prom-client';
import { LiveSessions } from '../live/live-sessions.reader';
import { AnswerBytes } from './answer-bytes';
import { AnswerCache } from './answer-cache';
import type { Asked } from './asked';
import { callerGone } from './caller-gone';
import { SharedAfter } from '#libs/live-feed';

const CACHE_BYTES = 64 * 1024 * 1024;
/** An answer in which only counts may have moved is given for as long. */
const LIMIT_MS = 1000;

/**
 * Answers, made once for all that ask the same at the same time. None is older than the request in what sessions there
 * are and what they are: before a kept one is given, this process has caught up with the projection's present position.
 */
@Injectable()
export class Answers {
  private readonly cache = new AnswerCache(CACHE_BYTES);
  private readonly makers = new Map<string, SharedAfter<AnswerBytes>>();
  private readonly given: Counter<'from'>;

  constructor(
    private readonly live: LiveSessions,
    { registry }: Metrics,
  ) {
    const registers = [registry];
    const { cache } = this;
    this.given = new Counter({
      name: 'query_answers_total',
      help: 'Answers given',
      labelNames: ['from'],
      registers,
    });
    const gauge: Gauge = new Gauge({
      name: 'query_answer_cache_bytes',
      help: 'Bytes of kept answers',
      registers,
      collect: () => gauge.set(cache.bytes),
    });
  }

  /** `response`: by its connection it is seen whether the caller still waits, where an answer has to be made. */
  async give(asked: Asked, response: ServerResponse): Promise<AnswerBytes> {
    const { key } = asked;
    if (key === undefined) return this.make(asked, callerGone(response));
    return (await this.kept(key)) ?? this.shared(key, asked, callerGone(response));
  }

  /** The kept answer, if nothing that was projected before the call makes it old. */
  private async kept(key: string): Promise<AnswerBytes | undefined> {
    const known = this.cache.get(key);
    if (!known || Date.now() - known.making.madeAt >= LIMIT_MS) return undefined;
    const hasCaughtUp = await this.live.catchUp();
    const stale = !hasCaughtUp || this.live.isStale;
    if (known.making.mark !== this.live.mark || known.making.stale !== stale) return undefined;
    this.given.inc({ from: 'cache' });
    return known;
  }

  private async shared(key: string, asked: Asked, gone: AbortSignal): Promise<AnswerBytes> {
    let maker = this.makers.get(key);
    if (!maker) {
      // Who waited while one was made may find that it will do.
      maker = new SharedAfter(async (allGone) => (await this.kept(key)) ?? this.make(asked, allGone));
      this.makers.set(key, maker);
    }
    try {
      return await maker.ask(gone);
    } finally {
      if (maker.isIdle) this.makers.delete(key);
    }
  }

  private async make(asked: Asked, gone: AbortSignal): Promise<AnswerBytes> {
    const { audience, from, key } = asked;
    const isBehind = from === 'live' && !(await this.live.catchUp());
    // Taken before anything is read: what is projected meanwhile makes the answer old.
    const { mark, position, freshness } = this.live;
    const stale = isBehind || freshness.isStale;
    const now = Date.now();
    const circumstances = { audience, now, position, stale, freshAt: freshness.freshAt, isBehind };
    const answer = await asked.answer(circumstances, gone);
    const making = { position, madeAt: now, mark, stale, isPrivate: audience.privateFields };
    const bytes = new AnswerBytes(Buffer.from(JSON.stringify(answer)), making);
    if (key !== undefined) this.cache.put(key, bytes);
    this.given.inc({ from });
    return bytes;
  }
}
