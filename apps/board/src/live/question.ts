import type { ViewQueryInput } from '../sdk';

/** The filters of REST, as they stand in the page's address. */
export const FILTERS = ['status', 'mode', 'room_id', 'host_id', 'library_id', 'ids', 'q', 'min_viewers'] as const;
export type Filter = (typeof FILTERS)[number];
const ORDERING = ['sort', 'order'] as const;
const LISTS: ReadonlySet<string> = new Set(['status', 'mode', 'room_id', 'host_id', 'library_id', 'ids']);
const LIVE: ReadonlySet<string> = new Set(['live', 'scheduled']);
const LIVE_SORTS: ReadonlySet<string> = new Set(['started_at', 'scheduled_start_time', 'viewer_count', 'max_viewers']);
/** A view of the gateway holds so many rows at most. */
export const VIEW_LIMIT = 200;

/** What a list is asked, in the grammar of REST. What is not said is not there. */
export type Question = { readonly [K in Filter | (typeof ORDERING)[number]]?: string };

/** Reads the page's address. Values are left as they are: what is wrong with one, the server says. */
export function readQuestion(search: string): Question {
  const given = new URLSearchParams(search);
  const pairs = [...FILTERS, ...ORDERING].flatMap((name) => {
    const value = given.get(name);
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** The address's query of a question, with what the address holds beside it. */
export function writeQuestion(question: Question, search = ''): string {
  const written = new URLSearchParams(search);
  for (const name of [...FILTERS, ...ORDERING]) {
    const value = question[name];
    if (value) written.set(name, value);
    else written.delete(name);
  }
  return String(written).replaceAll('%2C', ',');
}

/** The question with what the board asks where the address says nothing: what is live, the most watched first. */
export function asked(question: Question): Question & { status: string; sort: string; order: string } {
  const status = question.status ?? 'live';
  const isPlan = status === 'scheduled';
  const isOpen = status.split(',').every((one) => LIVE.has(one));
  const sort = question.sort ?? (isPlan ? 'scheduled_start_time' : isOpen ? 'viewer_count' : 'started_at');
  const order = question.order ?? (sort === 'scheduled_start_time' ? 'asc' : 'desc');
  return { ...question, status, sort, order };
}

/** Whether a gateway keeps its answer live; the past, and orders of REST alone, it does not. */
export function isLive(question: Question): boolean {
  const { status, sort } = asked(question);
  return status.split(',').every((one) => LIVE.has(one)) && LIVE_SORTS.has(sort);
}

/** As the SDK's `live` takes it. */
export function viewOf(question: Question, limit = VIEW_LIMIT): ViewQueryInput {
  const pairs = Object.entries(asked(question)).map(([name, value]) => {
    if (LISTS.has(name)) return [name, value.split(',')];
    return [name, name === 'min_viewers' && /^\d{1,9}$/.test(value) ? Number(value) : value];
  });
  return { ...(Object.fromEntries(pairs) as ViewQueryInput), limit };
}

/** The path of REST that answers the same. */
export function restPath(question: Question, more: Record<string, string> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked(question), ...more })) parameters.set(name, value);
  return `/sessions?${String(parameters).replaceAll('%2C', ',')}`;
}
