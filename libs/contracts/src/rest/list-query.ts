import { z } from 'zod';
import { instant, sessionMode, text, uuid } from '../events/field';
import { sessionStatus } from './session';

/** Several values of one parameter, comma separated; at most `max`, duplicates removed, in a canonical order. */
export function several<S extends z.ZodType<string, string>>(item: S, max: number) {
  return z
    .string()
    .transform((value) => value.split(','))
    .pipe(z.array(item).max(max, { error: `must name at most ${max} values` }))
    .transform((values) => [...new Set(values)].sort());
}

export const digits = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, { error: `must be a whole number from ${min} to ${max}` })
    .transform(Number)
    .pipe(
      z
        .int()
        .min(min)
        .max(max, { error: `must be at most ${max}` }),
    );

const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true');

export const listSort = z.enum([
  'created_at',
  'started_at',
  'scheduled_start_time',
  'viewer_count',
  'max_viewers',
  'duration',
]);
export const sortOrder = z.enum(['asc', 'desc']);

const paging = {
  page: digits(1, 1_000_000).default(1),
  limit: digits(1, 100).default(10),
  /** The `next_cursor` of an answer to the same question; excludes `page`. */
  cursor: z.string().min(1).max(4096).optional(),
};

const filters = {
  status: several(sessionStatus, 4).optional(),
  mode: several(sessionMode, 2).optional(),
  room_id: several(uuid, 100).optional(),
  host_id: several(uuid, 100).optional(),
  library_id: several(uuid, 100).optional(),
  organization_id: several(uuid, 100).optional(),
  ids: several(uuid, 100).optional(),
  recording_enabled: flag.optional(),
  min_viewers: digits(0, 100_000_000).optional(),
  started_after: instant.optional(),
  started_before: instant.optional(),
  q: text(1, 200).optional(),
};

/** The parameters of `GET /sessions` and its like. Unknown ones are refused, nothing is clamped. */
export const listQuery = z.strictObject({
  ...paging,
  ...filters,
  sort: listSort.optional(),
  order: sortOrder.optional(),
});

/** `GET /sessions/live`: as the list, but the status is given. */
export const liveListQuery = listQuery.omit({ status: true });

/** `GET /rooms/{id}/sessions`: as the list, but the room is given. */
export const roomListQuery = listQuery.omit({ room_id: true });

/** `GET /rooms/{id}/sessions`. */
export const roomParams = z.strictObject({ id: uuid });

/** `GET /sessions/{id}`. */
export const sessionParams = z.strictObject({ id: uuid });

export type ListQuery = z.output<typeof listQuery>;
export type RoomListQuery = z.output<typeof roomListQuery>;
export type LiveListQuery = z.output<typeof liveListQuery>;
export type ListSort = z.output<typeof listSort>;
export type SortOrder = z.output<typeof sortOrder>;
