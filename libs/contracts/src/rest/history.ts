import { z } from 'zod';
import { cursorText, digits } from './list-query';
import { queryInstant } from './query-instant';
import { staleness } from './staleness';

/** Viewer counts are kept in buckets of so many seconds. */
export const BUCKET_SECONDS = 10;
/** The most points that an answer has. */
export const MAX_POINTS = 1000;

const time = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
const timestamp = z.int();

/**
 * `GET /sessions/{id}/viewers`. `step` in seconds; without it the least that gives at most 1000 points. Where the history is
 * coarser than that, the answer has what there is, see its `parts`.
 */
export const viewersQuery = z.strictObject({
  from: queryInstant.optional().describe('Counts from this time on. Default: the start of the session.'),
  to: queryInstant.optional().describe('Counts before this time. Default: the end of the session, or now.'),
  step: digits(BUCKET_SECONDS, 86_400)
    .refine((seconds) => seconds % BUCKET_SECONDS === 0, { error: `must be a multiple of ${BUCKET_SECONDS}` })
    .meta({ type: 'integer', minimum: BUCKET_SECONDS, maximum: 86_400, multipleOf: BUCKET_SECONDS })
    .optional()
    .describe('Seconds. Default: the least that gives at most 1000 points.'),
});

/** From `from` on, up to the next part, points are `step` seconds apart. */
export const viewersPart = z.object({ from: time, step: z.int() });

/** One step: from `at` on, the least, the greatest and the last count that was reported. Steps without one are left out. */
export const viewersPoint = z.object({ at: time, min: count, max: count, last: count });

/** How many watched a session, step by step, and its peak. */
export const viewerHistory = z.object({
  session_id: z.guid(),
  from: time,
  to: time,
  /** Seconds; as asked for, or what the range needs. */
  step: z.int(),
  /**
   * Older history is kept in coarser steps: of a minute, and then of an hour. Where the range reaches back to it, this
   * has more than one entry, and the first points are further apart than `step`. The first entry begins at `from`.
   */
  parts: z.array(viewersPart),
  /** False: the session's preset hides them, and there are no points and no peak. */
  counts_visible: z.boolean(),
  points: z.array(viewersPoint),
  max_viewers: count.nullable(),
  max_viewers_at: time.nullable(),
});

export const viewersAnswer = z.object({
  success: z.literal(true),
  data: viewerHistory,
  timestamp,
  ...staleness,
});

/**
 * `GET /sessions/{id}/events`, in the order in which they were recorded: what comes late stands last, so that a walk
 * misses nothing. `cursor`: the `next_cursor` of the answer before.
 */
export const eventsQuery = z.strictObject({
  limit: digits(1, 100).default(50).describe('Events on a page.'),
  cursor: cursorText(200).optional().describe('The `next_cursor` of the answer before.'),
});

/** What an event says beyond its type, as it was sent. */
export const loggedData = z.record(z.string(), z.unknown());

/** Where an event lies in Kafka. */
export const eventPlace = z.object({ topic: z.string(), partition: z.int(), offset: z.string() });

/**
 * What was said of a session: an event as its producer sent it, `time` clamped to the broker's, which is what it is
 * ordered by. What the session became by itself, by time or by another session, has `did: "derived"`, no place, and in
 * `data` its status, health and end reason. Heartbeats are not logged, what they change is.
 */
export const loggedEvent = z.object({
  id: z.string(),
  source: z.string(),
  type: z.string(),
  time,
  /** As it was sent; `0` where it was not. Only a non-negative integer orders. */
  sequence: z.string(),
  /**
   * What the time that the producer said tells of its clock, by the broker's: more than 5 minutes `ahead`; more than a
   * minute `behind`; more than 10 minutes `late`, which is a delivery afterwards rather than a clock; null: nothing.
   */
  timing: z.enum(['ahead', 'behind', 'late']).nullable(),
  /** The same as `recorded_at`, by its older name. */
  received_at: time,
  recorded_at: time,
  /**
   * What it changed when it was recorded: `applied`; `late`: something, although a later event was known; `older`:
   * nothing, because of later ones; `duplicate`: nothing, its identity was known; `deleted`: nothing, the session was.
   */
  did: z.enum(['applied', 'late', 'older', 'duplicate', 'deleted', 'derived']),
  /** What is remarkable: `other-room`: it names another room than the session has, which is ignored. */
  flags: z.array(z.string()),
  /** Where it lay in Kafka. */
  place: eventPlace.nullable(),
  /** null for events that say nothing beyond their type. */
  data: loggedData.nullable(),
});

/** One page of a session's events. */
export const eventLog = z.object({
  session_id: z.guid(),
  events: z.array(loggedEvent),
  next_cursor: z.string().nullable(),
});

export const eventsAnswer = z.object({
  success: z.literal(true),
  data: eventLog,
  timestamp,
  ...staleness,
});

export type ViewersQuery = z.output<typeof viewersQuery>;
export type ViewersPoint = z.output<typeof viewersPoint>;
export type ViewersAnswer = z.output<typeof viewersAnswer>;
export type LoggedEvent = z.output<typeof loggedEvent>;
export type EventsAnswer = z.output<typeof eventsAnswer>;
