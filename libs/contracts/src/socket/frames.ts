import { z } from 'zod';
import { card } from './card';
import { refusalCode } from './requests';

/** Why a session left a view. */
export const removeReason = z.enum(['deleted', 'ended', 'expired', 'filter', 'window', 'gone']);

const place = { view: z.string(), frame: z.int(), epoch: z.int(), seq: z.int() };

/** The whole answer of a view. `absent`: watched, but not open. */
export const snapshotFrame = z.object({
  ...place,
  total: z.int(),
  sessions: z.array(card),
  absent: z.array(z.string()).optional(),
});

/**
 * The difference to frame `prev`; `prev: null`: to the `have` that was sent. `absent`, of a watch: those that are watched
 * but not open; in a chain (`prev` is a number) only those that have just been added.
 */
export const deltaFrame = z.object({
  view: z.string(),
  prev: z.int().nullable(),
  frame: z.int(),
  epoch: z.int(),
  seq: z.int(),
  total: z.int().optional(),
  upserts: z.array(card).optional(),
  removes: z.array(z.tuple([z.string(), removeReason])).optional(),
  counts: z.array(z.tuple([z.string(), z.int().nullable(), z.int().nullable()])).optional(),
  absent: z.array(z.string()).optional(),
});

/**
 * `time`: Unix ms at the gateway. `stale`: the list may lack what producers said in the last seconds or longer; `fresh_at`,
 * Unix ms, with it: it has all that they had said by then. Without `fresh_at` that is not known.
 */
export const heartbeatFrame = z.object({
  ...place,
  time: z.int(),
  stale: z.boolean().optional(),
  fresh_at: z.int().optional(),
});
export const resetFrame = z.object({ view: z.string(), reason: z.string() });
/** The token of the connection ends at `at`, Unix ms: send another one by `token`, else the connection goes on as the public's. */
export const tokenExpiresFrame = z.object({ at: z.int() });

/**
 * Why a view was let go: `token_expired`, the token that it was shown by has ended; `token_replaced`, the token that
 * took its place does not show it.
 */
export const leftReason = z.enum(['token_expired', 'token_replaced']);

/** The gateway has let this view go: no frame of it follows. The question may be asked again. */
export const leftFrame = z.object({ view: z.string(), code: leftReason, error: z.string() });
export const byeFrame = z.object({ reason: z.string(), retry_after_ms: z.int() });

/** A refusal, for a client that asked without an ack. `event`: what it had sent. */
export const errorFrame = z.object({
  event: z.string(),
  code: refusalCode,
  error: z.string(),
  retry_after_ms: z.int().optional(),
});

export type RemoveReason = z.output<typeof removeReason>;
export type SnapshotFrame = z.output<typeof snapshotFrame>;
export type DeltaFrame = z.output<typeof deltaFrame>;
export type HeartbeatFrame = z.output<typeof heartbeatFrame>;
export type ResetFrame = z.output<typeof resetFrame>;
export type TokenExpiresFrame = z.output<typeof tokenExpiresFrame>;
export type LeftFrame = z.output<typeof leftFrame>;
export type ByeFrame = z.output<typeof byeFrame>;
export type ErrorFrame = z.output<typeof errorFrame>;
