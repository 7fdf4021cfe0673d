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

export const viewersPart = z
  .object({ from: time, step: z.int() })
  .describe('From `from` on, up to the next part, points are `step` seconds apart.');

export const viewersPoint = z
  .object({ at: time, min: count, max: count, last: count })
  .describe(
    'One step: from `at` on, the least, the greatest and the last count that was reported. Steps without one are left out.',
  );

/** How many watched a session, step by step, and its peak. */
export const viewerHistory = z.object({
  session_id: z.guid(),
  from: time,
  to: time,
  step: z.int().describe('Seconds; as asked for, or what the range needs.'),
  parts: z
    .array(viewersPart)
    .describe(
      'Older history is kept in coarser steps: of a minute, and then of an hour. Where the range reaches back to it, this has more than one entry, and the first points are further apart than `step`. The first entry begins at `from`.',
    ),
  counts_visible: z
    .boolean()
    .describe('False: the preset of the session hides counts, and there are no points and no peak.'),
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

export const loggedData = z
  .record(z.string(), z.unknown())
  .describe('What an event says beyond its type, as it was sent.');

export const eventPlace = z
  .object({ topic: z.string(), partition: z.int(), offset: z.string() })
  .describe('Where an event lay in Kafka.');

export const loggedEvent = z
  .object({
    id: z.string(),
    source: z.string(),
    type: z.string(),
    time: time.describe('What its producer said, but no later than the broker’s: events are ordered by it.'),
    sequence: z.string().describe('As it was sent; `0` where it was not. Only an integer from 0 up orders.'),
    timing: z
      .enum(['ahead', 'behind', 'late'])
      .nullable()
      .describe(
        'What the time that the producer said tells of its clock, by the broker’s: more than 5 minutes `ahead`; more than a minute `behind`; more than 10 minutes `late`, which is a delivery afterwards rather than a clock; null: nothing.',
      ),
    received_at: time.describe('The same as `recorded_at`, by its older name.'),
    recorded_at: time.describe('When it was recorded.'),
    did: z
      .enum(['applied', 'late', 'older', 'duplicate', 'deleted', 'derived'])
      .describe(
        'What it changed when it was recorded: `applied`; `late`: something, although a later event was known; `older`: nothing, because of later ones; `duplicate`: nothing, its identity was known; `deleted`: nothing, the session was. `derived`: it is no event, but what the session became by itself, by time or by another session.',
      ),
    flags: z
      .array(z.string())
      .describe('What is remarkable. `other-room`: it names another room than the session has, which is ignored.'),
    place: eventPlace.nullable().describe('Where it lay in Kafka; null for what is `derived`.'),
    data: loggedData
      .nullable()
      .describe(
        'null for events that say nothing beyond their type. Of what is `derived`: status, health and end reason.',
      ),
  })
  .describe(
    'What was said of a session: an event as its producer sent it. Heartbeats are not logged, what they change is.',
  );

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
