import { z } from 'zod';

const time = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
const rate = z.number().nonnegative();
const ms = z.number().nonnegative();
const byName = z.record(z.string(), z.number());

/** Of a session-lifecycle process. */
export const lifecycleFacts = z.object({
  topics: z.array(
    z.object({
      topic: z.string(),
      consumer: z.enum(['starting', 'polling', 'parked', 'restarting', 'stopped']),
      parked_since: time.nullable(),
      park_reason: z.string().nullable(),
      /** Why all processes hold the topic back until a person resumes it; null: they do not. */
      paused: z.string().nullable(),
      /** How many partitions of it this process has. */
      partitions: count,
      records_per_second: rate,
      quarantined_per_second: rate,
      /** From the broker's time until it was in Redis, of the last minute; null: nothing was recorded in it. */
      projected_p99_ms: ms.nullable(),
    }),
  ),
  /** Of all partitions, whoever has them, as seen by this process. */
  partitions: z.array(
    z.object({
      topic: z.string(),
      partition: count,
      next_offset: z.string().nullable(),
      high: z.string(),
      lag: count,
      is_own: z.boolean(),
    }),
  ),
  /** Whether this process is the one that ends silent sessions, and how far its watermark is behind the clock. */
  is_watchdog: z.boolean(),
  watermark_age_ms: ms.nullable(),
  /** Whether this process is the one that takes away what is old. */
  is_maintenance: z.boolean(),
  outbox: z.object({ rows: count, oldest_ms: ms }),
  fan_out: z.object({ entities: count, oldest_ms: ms }),
  projection: z.object({
    epoch: count,
    seq: count,
    sessions: count,
    is_stale: z.boolean(),
    /** Since the process started. */
    rebuilds: count,
    repairs: count,
  }),
  /** Age of the moment up to which Redis holds all that producers have said; null: not known. */
  fresh_age_ms: ms.nullable(),
  door: z.object({ events_per_second: rate, queued_events: count }),
});

/** Of a session-query process. */
export const queryFacts = z.object({
  requests_per_second: rate,
  /** By where they came from: `cache`, `live`, `record`. */
  answers_per_second: byName,
  /** Of the last minute, without streams; null: there was no request. */
  p99_ms: ms.nullable(),
  requests_in_last_minute: count,
  /** Answers of the last minute with a status of 500 and above. */
  errors_in_last_minute: count,
  refused_per_second: rate,
  cache_bytes: count,
  stream_readers: count,
  /** Walks whose order is kept; null: this process does not say. */
  walks: count.nullable(),
});

/** Of a session-gateway process. */
export const gatewayFacts = z.object({
  sockets: count,
  views_total: count,
  /** Those with the most followers. */
  views: z.array(
    z.object({
      name: z.string(),
      /** What it asks, as JSON. */
      question: z.string(),
      followers: count,
      frames_per_second: rate,
      /** null: it is not measured. */
      bytes_per_second: rate.nullable(),
    }),
  ),
  /** Frames handed to sockets, by event. */
  frames_per_second: byName,
  /** Sockets closed by the gateway, and connections not let in, by reason, since the process started. */
  dismissed: byName,
  turned_away: byName,
  /** How much the time between frames is stretched under load; 1: not at all. */
  stretch: rate,
  sessions: count,
});

/** What a process says of itself every few seconds, in Redis. */
export const processFacts = z.object({
  service: z.string(),
  instance: z.string(),
  version: z.string(),
  started_at: time,
  /** When it said so, by its own clock. */
  at: time,
  uptime_seconds: z.number(),
  /** Bytes. */
  memory: z.object({ rss: count, heap_used: count, external: count }),
  /** Of one core, since it said so before. */
  cpu: rate,
  loop_lag: z.object({ p99_ms: ms, max_ms: ms }),
  ready: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), ok: z.boolean(), degraded: z.string().nullable(), error: z.string().nullable() }),
  ),
  lifecycle: lifecycleFacts.nullable(),
  query: queryFacts.nullable(),
  gateway: gatewayFacts.nullable(),
  /** Whether what would have been too large was left out. */
  is_cut: z.boolean(),
});

/** A number that operators hold the whole against. `value: null`: it is not known, and `why` says why. */
export const operatorNumber = z.object({
  name: z.enum([
    'start_to_browser_p99_ms',
    'rest_p99_ms',
    'rest_errors',
    'lag',
    'fresh_age_ms',
    'differences',
    'quarantine_open',
  ]),
  value: z.number().nullable(),
  /** It should not be greater. */
  goal: z.number(),
  is_met: z.boolean().nullable(),
  why: z.string().nullable(),
});

/** `GET /admin/facts` */
export const factsAnswer = z.object({
  success: z.literal(true),
  data: z.object({
    at: time,
    processes: z.array(processFacts),
    /** Processes whose facts cannot be read: they are of another version. */
    unreadable: z.array(z.string()),
    numbers: z.array(operatorNumber),
  }),
  timestamp: z.int(),
});

export type LifecycleFacts = z.output<typeof lifecycleFacts>;
export type QueryFacts = z.output<typeof queryFacts>;
export type GatewayFacts = z.output<typeof gatewayFacts>;
export type ProcessFacts = z.output<typeof processFacts>;
export type OperatorNumber = z.output<typeof operatorNumber>;
export type FactsAnswer = z.output<typeof factsAnswer>;
