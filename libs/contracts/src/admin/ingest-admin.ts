import { z } from 'zod';
import { instant } from '../events/instant';
import { digits } from '../rest/list-query';
import { why } from './why';

const time = z.iso.datetime({ precision: 3 });
const id = z.string().regex(/^\d{1,18}$/, { error: 'must be the number of a row' });
const offset = z.string();
export const quarantineState = z.enum(['open', 'replayed', 'discarded']);
const timestamp = z.int();
const selection = { topic: z.string().min(1).optional(), reason: z.string().min(1).optional() };

/** `GET /admin/quarantine`, the oldest first. `after`: the `next_after` of the answer before. */
export const quarantineQuery = z.strictObject({
  ...selection,
  state: quarantineState.default('open'),
  since: instant.optional(),
  after: id.optional(),
  limit: digits(1, 1000).default(100),
});

/** A record that could not be taken. */
export const quarantined = z.object({
  id,
  topic: z.string(),
  partition: z.int(),
  offset,
  /** null: what Kafka has in its place is no time. */
  broker_time: time.nullable(),
  received_at: time,
  /** A batch stands at its last offset, with all its bytes as the value. */
  kind: z.enum(['record', 'batch']),
  /** Who sent it, as far as that can be read; empty: it names nobody. */
  source: z.string(),
  /** As text, at most 1000 bytes of it; what is not UTF-8 is replaced. null: the record has none. */
  key: z.string().nullable(),
  /** Bytes; null: the record has no value. */
  size: z.int().nullable(),
  /** Why it came here; it stays whatever a replay says. */
  reason: z.string(),
  error: z.string(),
  /** Why the last replay failed; null: there was none that did. */
  last_error: z.string().nullable(),
  /** How often it was replayed. */
  tries: z.int(),
  state: quarantineState,
  state_at: time.nullable(),
  state_why: z.string().nullable(),
});

export const quarantineAnswer = z.object({
  success: z.literal(true),
  data: z.object({ rows: z.array(quarantined), total: z.int(), next_after: id.nullable() }),
  timestamp,
});

/** The same with all bytes, in base64. */
export const quarantinedWhole = quarantined.extend({
  key_base64: z.string().nullable(),
  value_base64: z.string().nullable(),
  /** In their order; a name may come again. */
  headers: z.array(z.object({ name: z.string(), name_base64: z.string(), value_base64: z.string().nullable() })),
});

export const quarantinedAnswer = z.object({ success: z.literal(true), data: quarantinedWhole, timestamp });

/** `POST /admin/quarantine/replay`: the open rows of a selection, or the named ones whatever their state. */
export const replayBody = z
  .strictObject({
    ids: z.array(id).min(1).max(1000).optional(),
    ...selection,
    since: instant.optional(),
    after: id.optional(),
    limit: z.int().min(1).max(1000).default(200),
    why: why.optional(),
  })
  .refine(({ ids, topic, reason, since }) => !ids || (topic ?? reason ?? since) === undefined, {
    error: 'must be either ids or a selection',
    path: ['ids'],
  });

export const replayAnswer = z.object({
  success: z.literal(true),
  data: z.object({
    replayed: z.array(id),
    /** They still cannot be taken, and stay open. */
    still: z.array(z.object({ id, reason: z.string(), error: z.string() })),
    unknown: z.array(id),
    /** null: there are no more. */
    next_after: id.nullable(),
  }),
  timestamp,
});

/** `POST /admin/quarantine/{id}/discard`. */
export const discardBody = z.strictObject({ why });

/** `POST /admin/topics/{topic}/resume`: what comes within so many minutes is taken, however much of it is unreadable. */
export const resumeBody = z.strictObject({ minutes: z.int().min(1).max(1440).default(10), why: why.optional() });

/** `POST /admin/quarantine/ranges/{id}/replay`. */
export const replayRangeBody = z.strictObject({ why: why.optional() });

/** Unreadable messages for which the quarantine had no room: only Kafka has their bytes. Both offsets are included. */
export const quarantinedRange = z.object({
  id,
  topic: z.string(),
  partition: z.int(),
  from_offset: offset,
  to_offset: offset,
  /** Empty: they name nobody, or are of several sources. */
  source: z.string(),
  /** `several`: for several reasons. */
  reason: z.string(),
  /** How many in it cannot be read; the others were taken. */
  messages: z.int(),
  first_broker_time: time.nullable(),
  last_broker_time: time.nullable(),
  received_at: time,
  last_error: z.string().nullable(),
  tries: z.int(),
  state: quarantineState,
});

/** `POST /admin/quarantine/ranges/{id}/replay`: its messages were read from Kafka again. */
export const replayedRangeAnswer = z.object({
  success: z.literal(true),
  data: z.object({
    /** How many were taken now; those that had been taken before change nothing. */
    taken: z.int(),
    /** How many of the range still cannot be taken; with any of them it stays open. */
    still: z.int(),
    /** How many offsets of it Kafka does not have any more. */
    gone: z.int(),
    state: quarantineState,
  }),
  timestamp,
});

/** `GET /admin/ingest`: how far the log was taken, and what is out of order. */
export const ingestAnswer = z.object({
  success: z.literal(true),
  data: z.object({
    partitions: z.array(
      z.object({
        topic: z.string(),
        partition: z.int(),
        /** The first offset that is kept, and the next one to come. */
        low: offset,
        high: offset,
        /** null: nothing of it was taken yet. */
        next_offset: offset.nullable(),
        lag: z.int(),
        broker_time: time.nullable(),
      }),
    ),
    gaps: z.array(
      z.object({
        topic: z.string(),
        partition: z.int(),
        kind: z.enum(['missing', 'replayed', 'recreated']),
        from_offset: offset,
        to_offset: offset,
        why: z.string(),
        found_at: time,
      }),
    ),
    pauses: z.array(z.object({ topic: z.string(), why: z.string(), since: time, resumed_until: time.nullable() })),
    quarantine: z.array(z.object({ topic: z.string(), reason: z.string(), open: z.int() })),
    /** Open ones, the oldest thousand. */
    quarantine_ranges: z.array(quarantinedRange),
  }),
  timestamp,
});

export type QuarantineQuery = z.output<typeof quarantineQuery>;
export type QuarantinedJson = z.output<typeof quarantined>;
export type QuarantinedWhole = z.output<typeof quarantinedWhole>;
export type QuarantinedRangeJson = z.output<typeof quarantinedRange>;
export type ReplayedRangeAnswer = z.output<typeof replayedRangeAnswer>;
export type ReplayBody = z.output<typeof replayBody>;
export type ReplayAnswer = z.output<typeof replayAnswer>;
export type IngestAnswer = z.output<typeof ingestAnswer>;
