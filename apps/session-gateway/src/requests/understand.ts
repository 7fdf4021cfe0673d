import {
  type SocketRefusal,
  type RefusalCode,
  subscribeRequest,
  tokenRequest,
  unsubscribeRequest,
  type UnwatchRequest,
  unwatchRequest,
  watchMoreRequest,
  watchRequest,
} from '#libs/contracts';
import {
  type Question,
  type Returning,
  type WatchQuestion,
  listQuestion,
  refusal,
  watchQuestion,
} from '#libs/live-list';
import type { z } from 'zod';

/** A request that was understood, or why not. */
export type Understood<T> = { ok: true; value: T } | SocketRefusal;

export interface Asked {
  question: Question;
  returning: Returning;
}

export function understandSubscribe(body: unknown): Understood<Asked> {
  const request = parse(subscribeRequest, body);
  if (!request.ok) return request;
  const { query, ...returning } = request.value;
  const question = listQuestion(query);
  if (!question) return refusal('not_live', 'status: the past is not live; ask GET /sessions for it');
  return { ok: true, value: { question, returning: returningOf(returning) } };
}

/** Which sessions: these alone, or these as well (`isMore`). */
export interface AskedWatch extends Asked {
  question: WatchQuestion;
  isMore: boolean;
}

export function understandWatch(body: unknown): Understood<AskedWatch> {
  if (isMore(body)) {
    const request = parse(watchMoreRequest, body);
    if (!request.ok) return request;
    return { ok: true, value: { question: watchQuestion(request.value.add), returning: {}, isMore: true } };
  }
  const request = parse(watchRequest, body);
  if (!request.ok) return request;
  const { ids, ...returning } = request.value;
  return { ok: true, value: { question: watchQuestion(ids), returning: returningOf(returning), isMore: false } };
}

function isMore(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'add' in body;
}

export function understandUnsubscribe(body: unknown): Understood<{ view: string }> {
  return parse(unsubscribeRequest, body);
}

/** Without ids: all of them. */
export function understandUnwatch(body: unknown): Understood<UnwatchRequest> {
  return parse(unwatchRequest, body ?? {});
}

export function understandToken(body: unknown): Understood<{ token: string | null }> {
  return parse(tokenRequest, body);
}

function returningOf({ at, of, have }: Pick<z.output<typeof watchRequest>, 'at' | 'of' | 'have'>): Returning {
  return { of, have, at: at && { epoch: at[0], seq: at[1] } };
}

function parse<S extends z.ZodType>(schema: S, body: unknown): Understood<z.output<S>> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String) ?? [];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key].join('.')) : [];
  const what =
    unknown.length > 0 ? `${unknown.join(', ')}: not known here` : `${path.join('.') || 'request'}: ${issue?.message}`;
  return refusal(codeOf(path, issue), what);
}

function codeOf([first]: string[], issue: z.core.$ZodIssue | undefined): RefusalCode {
  if ((first === 'ids' || first === 'add') && issue?.code === 'too_big') return 'too_many_ids';
  return first === 'query' ? 'invalid_query' : 'invalid_request';
}
