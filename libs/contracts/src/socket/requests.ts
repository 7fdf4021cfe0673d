import { z } from 'zod';
import { sessionMode, uuid } from '../events/field';
import { sortOrder } from '../rest/list-query';
import { lookedFor } from '../rest/looked-for';

/** One value or several: `"a"` and `["a"]` mean the same. */
function oneOrMore<S extends z.ZodType<string>>(item: S, max: number) {
  return z
    .union([item, z.array(item).min(1).max(max)])
    .transform((value) => [...new Set(Array.isArray(value) ? value : [value])].sort() as z.output<S>[]);
}

const count = z.int().min(0).max(100_000_000);
const position = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);

/** A client holds one more fifth than it shows, of at most 200 rows. */
export const MAX_HELD = 240;

export const liveSort = z.enum(['started_at', 'scheduled_start_time', 'viewer_count', 'max_viewers']);
/** What REST answers and no live view can: the past. A view asked for it is refused with `not_live`. */
export const liveStatus = z.enum(['live', 'scheduled']);

/** The question of a view, with the REST filter names. */
export const viewQuery = z.strictObject({
  status: oneOrMore(z.enum(['live', 'scheduled', 'ended', 'expired']), 4).optional(),
  mode: oneOrMore(sessionMode, 2).optional(),
  room_id: oneOrMore(uuid, 100).optional(),
  host_id: oneOrMore(uuid, 100).optional(),
  library_id: oneOrMore(uuid, 100).optional(),
  ids: oneOrMore(uuid, 100).optional(),
  q: lookedFor.optional(),
  min_viewers: count.optional(),
  sort: liveSort.optional(),
  order: sortOrder.optional(),
  limit: z.int().min(1).max(200).optional(),
});

/** What a returning client holds: id, version, shown viewer count, shown peak. */
export const held = z.tuple([uuid, z.int().nonnegative(), count.nullable(), count.nullable()]);

const returning = {
  /** Where it was: epoch and seq of the last frame it applied. */
  at: position.optional(),
  /** The view that `have` belongs to. */
  of: z.string().max(64).optional(),
  have: z.array(held).max(MAX_HELD).optional(),
};

export const subscribeRequest = z.strictObject({ v: z.literal(1), query: viewQuery, ...returning });
export const unsubscribeRequest = z.strictObject({ view: z.string().max(64) });

/** As many sessions as one connection may watch. */
export const MAX_WATCHED = 200;
const watchedIds = z.array(uuid).min(1).max(MAX_WATCHED);

/** Watch these sessions and no others. */
export const watchRequest = z.strictObject({ ids: watchedIds, ...returning });
/** Watch these sessions as well. */
export const watchMoreRequest = z.strictObject({ add: watchedIds });
/** Without `ids`: all. `of`: the view that the client holds; it takes the sessions out itself. */
export const unwatchRequest = z.strictObject({ ids: watchedIds.optional(), of: returning.of });
/** Another token for this connection; null, or an empty text: from here on it is the public's. */
export const tokenRequest = z.strictObject({ token: z.string().max(16_384).nullable() });

export const refusalCode = z.enum([
  'invalid_request',
  'invalid_query',
  'not_live',
  'behind',
  'too_many_views',
  'too_many_ids',
  'unknown_view',
  'unauthorized',
  'rate_limited',
  'unavailable',
  'internal',
]);

export const refusal = z.object({
  ok: z.literal(false),
  code: refusalCode,
  error: z.string(),
  retry_after_ms: z.int().optional(),
});
export const subscribed = z.object({
  ok: z.literal(true),
  view: z.string(),
  frame: z.int(),
  epoch: z.int(),
  seq: z.int(),
  total: z.int(),
  mode: z.enum(['snapshot', 'delta', 'same']),
});
export const done = z.object({ ok: z.literal(true) });
/** The token was taken. `until`: when it ends, Unix ms; null: never. */
export const tokenTaken = z.object({ ok: z.literal(true), until: z.int().nullable() });

export type ViewQuery = z.output<typeof viewQuery>;
export type ViewQueryInput = z.input<typeof viewQuery>;
export type LiveSort = z.output<typeof liveSort>;
export type Held = z.output<typeof held>;
export type SubscribeRequest = z.output<typeof subscribeRequest>;
export type SubscribeRequestInput = z.input<typeof subscribeRequest>;
export type WatchRequest = z.output<typeof watchRequest>;
export type WatchRequestInput = z.input<typeof watchRequest>;
export type WatchMoreRequest = z.output<typeof watchMoreRequest>;
export type UnwatchRequest = z.output<typeof unwatchRequest>;
export type RefusalCode = z.output<typeof refusalCode>;
export type SocketRefusal = z.output<typeof refusal>;
export type Subscribed = z.output<typeof subscribed>;
export type Done = z.output<typeof done>;
export type TokenRequest = z.output<typeof tokenRequest>;
export type TokenTaken = z.output<typeof tokenTaken>;
