import { z } from 'zod';

/** The most events that one `POST /events` may bring. */
export const MAX_SENT_EVENTS = 1000;
/** The largest body of one, in bytes. */
export const MAX_SENT_BYTES = 5_000_000;

/** An event that the broker has: the place in the request, what it is, and where it stands. */
export const acceptedEvent = z.object({
  index: z.int().nonnegative(),
  id: z.string(),
  source: z.string(),
  topic: z.string(),
  partition: z.int().nonnegative(),
  /** Decimal digits: an offset may be greater than a JSON number is exact. */
  offset: z.string(),
});

/** What the broker has of a request, in its order. */
export const sentEvents = z.object({ accepted: z.array(acceptedEvent) });

/** `POST /events`: every event is acknowledged by all in-sync replicas. */
export const sentEventsAnswer = z.object({
  success: z.literal(true),
  data: sentEvents,
  timestamp: z.int(),
});

export type AcceptedEvent = z.output<typeof acceptedEvent>;
export type SentEventsAnswer = z.output<typeof sentEventsAnswer>;
