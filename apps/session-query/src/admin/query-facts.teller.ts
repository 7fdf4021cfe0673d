import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { QueryFacts } from '#libs/contracts';
import { FactsTeller, Metrics, Rates, RecentTimes, metricBy, metricSum } from '#libs/service-host';

/** When a response began, by `performance.now()`; a WeakMap of responses costs a tenth of a quick answer. */
const BEGUN_AT = Symbol('begun at');

interface Spoken {
  request: IncomingMessage;
  response: ServerResponse & { [BEGUN_AT]?: number };
  server: Server;
}

const BEGINS = 'http.server.request.start';
const ENDS = 'http.server.response.finish';
/** A stream lasts as long as somebody listens: that is no time to answer. */
const STREAM = 'text/event-stream';

/**
 * What this process knows of its answers. Requests are measured by node's own channels, whether or not the framework has a
 * part in them.
 */
@Injectable()
export class QueryFactsTeller implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly times = new RecentTimes();
  private readonly errors = new RecentTimes();
  private readonly rates = new Rates();
  private requests = 0;
  private refused = 0;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly metrics: Metrics,
    teller: FactsTeller,
  ) {
    teller.says(async () => ({ query: await this.facts() }));
  }

  onApplicationBootstrap(): void {
    subscribe(BEGINS, this.begins);
    subscribe(ENDS, this.ends);
  }

  onModuleDestroy(): void {
    unsubscribe(BEGINS, this.begins);
    unsubscribe(ENDS, this.ends);
  }

  private readonly begins = (message: unknown): void => {
    const { request, response, server } = message as Spoken;
    // A balancer that finds this process not ready was not refused an answer.
    if (server !== this.host.httpAdapter.getHttpServer() || request.url?.startsWith('/health/')) return;
    response[BEGUN_AT] = performance.now();
  };

  private readonly ends = (message: unknown): void => {
    const { response } = message as Spoken;
    const begunAt = response[BEGUN_AT];
    if (begunAt === undefined || response.getHeader('content-type') === STREAM) return;
    const now = performance.now();
    this.requests += 1;
    this.times.add(now - begunAt, now);
    if (response.statusCode >= 500) this.errors.add(now - begunAt, now);
    else if (response.statusCode >= 400) this.refused += 1;
  };

  private async facts(): Promise<QueryFacts> {
    const { registry } = this.metrics;
    const now = performance.now();
    const given = await metricBy(registry, 'marquee_query_answers_total', 'from');
    const { count, p99Ms } = this.times.look(now);
    const perSecond = (name: string, value: number) => this.rates.of(name, value, now);
    return {
      requests_per_second: perSecond('requests', this.requests),
      answers_per_second: Object.fromEntries(
        Object.entries(given).map(([from, value]) => [from, perSecond(`from ${from}`, value)]),
      ),
      p99_ms: p99Ms,
      requests_in_last_minute: count,
      errors_in_last_minute: this.errors.look(now).count,
      refused_per_second: perSecond('refused', this.refused),
      cache_bytes: await metricSum(registry, 'marquee_query_answer_cache_bytes'),
      stream_readers: await metricSum(registry, 'marquee_query_stream_readers'),
      walks: await metricSum(registry, 'marquee_query_walk_orders'),
    };
  }
}
