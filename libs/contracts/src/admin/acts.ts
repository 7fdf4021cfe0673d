import { z } from 'zod';
import { text } from '../events/field';
import { instant } from '../events/instant';
import { digits } from '../rest/list-query';
import { why } from './why';

const time = z.iso.datetime({ precision: 3 });
const timestamp = z.int();
const id = z.string().regex(/^\d{1,18}$/, { error: 'must be the number of a row' });
const keyId = z.string().regex(/^[0-9a-f]{12}$/, { error: 'must be the id of a key' });

const ids = z.array(id).min(1).max(1000);

/** Replays named rows of the quarantine, whatever their state, or all open ones of a selection. */
const replay = z
  .strictObject({
    what: z.literal('replay'),
    why,
    ids: ids.optional(),
    topic: text(1, 249).optional(),
    reason: text(1, 100).optional(),
    since: instant.optional(),
  })
  .refine((said) => !said.ids || (said.topic ?? said.reason ?? said.since) === undefined, {
    error: 'must be either ids or a selection',
    path: ['ids'],
  });

/** `POST /admin/acts`: what a lifecycle process is to do. */
export const askedAct = z.discriminatedUnion('what', [
  replay,
  z.strictObject({ what: z.literal('discard'), why, ids }),
  z.strictObject({ what: z.literal('replay_range'), why, id }),
  z.strictObject({ what: z.literal('discard_range'), why, id }),
  z.strictObject({
    what: z.literal('resume'),
    why,
    topic: text(1, 249),
    minutes: z.int().min(1).max(1440).default(10),
  }),
  z.strictObject({ what: z.literal('revoke_key'), why, id: keyId }),
]);

/** What somebody asked for, and what came of it. */
export const act = z.object({
  id,
  what: z.enum(askedAct.options.map(({ shape }) => shape.what.value)),
  /** Of what, as it was asked. */
  of: z.record(z.string(), z.unknown()),
  why: z.string(),
  /** The id of the key that asked, or `operator at the command line`. */
  who: z.string(),
  asked_at: time,
  /** `taken`: a process is at it. What is `done` or `failed` stays so. */
  state: z.enum(['asked', 'taken', 'done', 'failed']),
  taken_at: time.nullable(),
  ended_at: time.nullable(),
  /** What came of it; null unless it is done. */
  result: z.record(z.string(), z.unknown()).nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
});

export const actAnswer = z.object({ success: z.literal(true), data: act, timestamp });

/** `GET /admin/acts`, the newest first. `before`: the `next_before` of the answer before. */
export const actsQuery = z.strictObject({ limit: digits(1, 200).default(50), before: id.optional() });

export const actsAnswer = z.object({
  success: z.literal(true),
  data: z.object({ acts: z.array(act), next_before: id.nullable() }),
  timestamp,
});

/** Of whoever works on the machine itself: no key tells who it is. */
export const AT_THE_COMMAND_LINE = 'operator at the command line';

export type AskedAct = z.output<typeof askedAct>;
export type Act = z.output<typeof act>;
export type ActsAnswer = z.output<typeof actsAnswer>;
