import { z } from 'zod';
import { sessionMode, uuid } from '../events/field';
import { lookedFor } from './looked-for';
import { queryInstant } from './query-instant';
import { sessionStatus } from './session';

/** How documents show a parameter: on the wire it is text, to a reader a number, a list or a boolean. */
type Shown = Record<string, unknown>;

/**
 * Several values of one parameter, comma separated: at most `max`, read in a canonical order and each once. In a query the
 * parameter may also be repeated (`listParameters` says which ones). `documented`: what the documents say of a value,
 * where they name fewer than are understood.
 */
export function several<S extends z.ZodType<string, string>>(item: S, max: number, documented: z.ZodType = item) {
  const { $schema: _, ...items } = z.toJSONSchema(documented, { io: 'input' });
  const shown: Shown = { type: 'array', items, maxItems: max };
  return z
    .string()
    .transform((value) => value.split(','))
    .pipe(z.array(item).max(max, { error: `must name at most ${max} values` }))
    .transform((values) => [...new Set(values)].sort())
    .meta(shown);
}

/** The names of the parameters that take several values. */
export function listParameters(schema: z.ZodObject): ReadonlySet<string> {
  const known = LISTS.get(schema);
  if (known) return known;
  const names = Object.entries(schema.shape).flatMap(([name, field]) => (isList(field as z.ZodType) ? [name] : []));
  const lists = new Set(names);
  LISTS.set(schema, lists);
  return lists;
}

const LISTS = new WeakMap<z.ZodObject, ReadonlySet<string>>();

function isList(field: z.ZodType): boolean {
  return z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }).type === 'array';
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
    )
    .meta({ type: 'integer', minimum: min, maximum: max } satisfies Shown);

const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true')
  .meta({ type: 'boolean', enum: [true, false] } satisfies Shown);

export const listSort = z.enum([
  'created_at',
  'started_at',
  'scheduled_start_time',
  'viewer_count',
  'max_viewers',
  'duration',
]);
export const sortOrder = z.enum(['asc', 'desc']);

/** The position in a walk, as an answer gave it. */
export const cursorText = (max: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(max, { abort: true })
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'must be the next_cursor of an answer' });

const paging = {
  page: digits(1, 1_000_000).default(1).describe('Counted from 1, the default; `page` × `limit` is at most 10000.'),
  limit: digits(1, 100).default(10).describe('Sessions on a page.'),
  cursor: cursorText(4096)
    .optional()
    .describe(
      'The `next_cursor` of an answer to the same question, asked with the same rights; excludes `page`. The walk gives nothing twice, and misses nothing that is there throughout; a 410 says that it was left for five minutes.',
    ),
};

const WORDS =
  "Words that are all in the title, the description, the room's title or the host's name, whatever their case and accents. One of three characters or more may be anywhere in a word; a shorter one begins a word.";

const filters = {
  status: several(sessionStatus, 4).optional().describe('Any of these.'),
  mode: several(sessionMode, 2).optional().describe('Any of these.'),
  room_id: several(uuid, 100).optional().describe('In any of these rooms.'),
  host_id: several(uuid, 100).optional().describe('In a room of any of these hosts.'),
  library_id: several(uuid, 100).optional().describe('In a room of any of these libraries.'),
  organization_id: several(uuid, 100)
    .optional()
    .describe('Of a host of any of these organizations; needs the scope `sessions:private`.'),
  ids: several(uuid, 100).optional().describe('These sessions.'),
  recording_enabled: flag.optional().describe('Recorded or not; not set counts as not.'),
  min_viewers: digits(0, 100_000_000).optional().describe('Watched by at least so many; hidden counts match nothing.'),
  started_after: queryInstant.optional().describe('Started at this time or later.'),
  started_before: queryInstant.optional().describe('Started before this time.'),
  q: lookedFor.optional().describe(WORDS),
};

/** The parameters of `GET /sessions` and its like. Unknown ones are refused, nothing is clamped. */
export const listQuery = z.strictObject({
  ...paging,
  ...filters,
  sort: listSort.optional().describe('Default: the newest activity first. What has no value comes last.'),
  order: sortOrder.optional().describe('Default: desc.'),
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
export type LiveListQuery = z.output<typeof liveListQuery>;
export type ListSort = z.output<typeof listSort>;
export type SortOrder = z.output<typeof sortOrder>;
