import { z } from 'zod';
import { scope } from '../callers/scope';
import { quarantineAnswer, quarantinedRange } from './ingest-admin';

const time = z.iso.datetime({ precision: 3 });
const timestamp = z.int();

/** `GET /admin/quarantine` of session-query: as session-lifecycle answers it, with the open ranges beyond the quarantine. */
export const quarantineListAnswer = z.object({
  success: z.literal(true),
  data: quarantineAnswer.shape.data.extend({ ranges: z.array(quarantinedRange) }),
  timestamp,
});

/** What a replay of a row would do, if it began now and nothing else happened. */
export const outlook = z.discriminatedUnion('would', [
  z.object({
    would: z.literal('record'),
    event: z.object({ id: z.string(), source: z.string(), type: z.string() }),
    subject: z.guid(),
    /** As in `GET /sessions/{id}/events`; null: a count, or reference data, which the log's words do not describe. */
    did: z.enum(['applied', 'late', 'older', 'duplicate', 'deleted']).nullable(),
    /** What would be shown otherwise than now; neighbours in its room may change too. */
    changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  }),
  /** It would stay in quarantine. */
  z.object({ would: z.literal('refuse'), reason: z.string(), error: z.string() }),
  z.object({ would: z.literal('unknown'), why: z.string() }),
]);

export const outlookAnswer = z.object({ success: z.literal(true), data: outlook, timestamp });

/** `GET /admin/keys`, the newest first; revoked ones too. No text of a key is kept anywhere. */
export const keysAnswer = z.object({
  success: z.literal(true),
  data: z.object({
    keys: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        scopes: z.array(scope),
        /** null: of every source. */
        sources: z.array(z.string()).nullable(),
        created_at: time,
        revoked_at: time.nullable(),
      }),
    ),
  }),
  timestamp,
});

export type Outlook = z.output<typeof outlook>;
