import type { SessionFact } from '../src';

type Type = SessionFact['type'];
type Data<T extends Type> = Partial<Extract<SessionFact, { type: T }>['data'] & object>;

let nextId = 0;

/** An event in the short form tests speak: what it is, when (epoch ms), and what matters of its data. */
export function fact<T extends Type>(
  type: T,
  at: number,
  data?: Data<T>,
  rest: Partial<SessionFact> = {},
): SessionFact {
  return {
    specversion: '1.0',
    id: `e${nextId++}`,
    source: '/studio',
    subject: 's1',
    type,
    time: at,
    at: at * 1000,
    brokerTime: at,
    sequence: null,
    traceparent: null,
    data: data ?? null,
    ...rest,
  } as SessionFact;
}

export const given = {
  scheduled: (at: number, data: Data<'session.scheduled.v1'> = {}, rest?: Partial<SessionFact>) =>
    fact('session.scheduled.v1', at, { room_id: 'r1', title: 'Planned', mode: 'webcam', ...data }, rest),
  started: (at: number, data: Data<'session.started.v1'> = {}, rest?: Partial<SessionFact>) =>
    fact('session.started.v1', at, { room_id: 'r1', ...data }, rest),
  updated: (at: number, data: Data<'session.updated.v1'>, rest?: Partial<SessionFact>) =>
    fact('session.updated.v1', at, data, rest),
  ended: (at: number, data: Data<'session.ended.v1'> = {}, rest?: Partial<SessionFact>) =>
    fact('session.ended.v1', at, data, rest),
  heartbeat: (at: number, rest?: Partial<SessionFact>) => fact('session.heartbeat.v1', at, undefined, rest),
  deleted: (at: number, rest?: Partial<SessionFact>) => fact('session.deleted.v1', at, undefined, rest),
};
