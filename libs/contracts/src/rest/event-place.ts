import { z } from 'zod';
import { quarantineState } from '../admin/ingest-admin';
import { TOPICS } from '../events/topics';
import { staleness } from './staleness';

const time = z.iso.datetime({ precision: 3 });
const MOST_PARTITION = 2 ** 31 - 1;
const MOST_OFFSET = 2n ** 63n - 1n;
const TOPIC = new RegExp(String.raw`^[a-zA-Z0-9._-]{1,230}\.(${Object.keys(TOPICS).join('|')})$`);

/** `GET /events/{topic}/{partition}/{offset}`: a place as `POST /events` answers it. */
export const eventPlaceParams = z.strictObject({
  topic: z.string().regex(TOPIC, { error: 'must be the name of a topic, as POST /events answers it' }),
  partition: z
    .string()
    .regex(/^\d{1,10}$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((partition) => partition <= MOST_PARTITION, { error: `must be at most ${MOST_PARTITION}` }),
  offset: z
    .string()
    .regex(/^\d{1,19}$/, { error: 'must be a whole number', abort: true })
    .refine((offset) => BigInt(offset) <= MOST_OFFSET, { error: `must be at most ${MOST_OFFSET}` })
    .transform((offset) => String(BigInt(offset))),
});

const place = { topic: z.string(), partition: z.int().nonnegative(), offset: z.string() };

export const eventIdentity = z
  .object({ id: z.string(), source: z.string(), type: z.string() })
  .describe('Which event it is.');

export const eventInQuarantine = z
  .object({
    id: z.string().nullable().describe('null: the quarantine was full, and only the range has its place.'),
    range_id: z.string().nullable(),
    source: z.string(),
    reason: z.string(),
    error: z.string().nullable().describe('null: of a range it is not kept.'),
    state: quarantineState,
    received_at: time,
  })
  .describe('Why it is in quarantine, and whether it still is.');

export const offsetGap = z
  .object({
    from_offset: z.string(),
    to_offset: z.string().describe('Excluded.'),
    why: z.string(),
    found_at: time,
  })
  .describe('Offsets that Kafka did not have any more.');

export const eventUnseen = z
  .object({ ...place, state: z.literal('unseen') })
  .describe('The recording has not come so far: ask again.');

export const eventRecorded = z
  .object({
    ...place,
    state: z.literal('recorded'),
    event: eventIdentity,
    subject: z.guid(),
    did: z
      .enum(['applied', 'late', 'older', 'duplicate', 'deleted'])
      .describe('What it changed when it was recorded, as in `GET /sessions/{id}/events`.'),
    flags: z.array(z.string()).describe('What is remarkable, as in `GET /sessions/{id}/events`.'),
    recorded_at: time,
    version: z
      .int()
      .nullable()
      .describe('Of the session, now; null: it is about no session, or the session has left the record.'),
    projected: z
      .boolean()
      .nullable()
      .describe('Whether this process shows the session as the record has it now; null: it is about no session.'),
  })
  .describe('It stands in the log of its session, room, host or preset.');

export const eventQuarantined = z
  .object({ ...place, state: z.literal('quarantined'), quarantine: eventInQuarantine })
  .describe('It could not be taken, and waits for an operator, or did.');

export const eventPassed = z
  .object({ ...place, state: z.literal('passed') })
  .describe(
    'The recording has gone past it, and has nothing more to tell: of counts and heartbeats no identity is kept, what is delivered again is not logged again. Events of sources that the caller may not send as are answered so, too.',
  );

export const eventInGap = z
  .object({ ...place, state: z.literal('gap'), gap: offsetGap })
  .describe('Kafka did not have it any more when it was its turn.');

export const eventForgotten = z
  .object({ ...place, state: z.literal('forgotten') })
  .describe('So old that retention took away what was kept of it.');

export const eventAtPlace = z
  .discriminatedUnion('state', [eventUnseen, eventRecorded, eventQuarantined, eventPassed, eventInGap, eventForgotten])
  .describe('What became of the event at a place.');

export const eventPlaceAnswer = z.object({
  success: z.literal(true),
  data: eventAtPlace,
  timestamp: z.int(),
  ...staleness,
});

export type EventAtPlace = z.output<typeof eventAtPlace>;
export type EventPlaceAnswer = z.output<typeof eventPlaceAnswer>;
