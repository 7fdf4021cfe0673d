import type { Random } from '../../../tools/simulator/src/random';
import { type CloudEvent, type Message, message } from './event';

/** `identity`: one id again and again with other data; `unreadable`: a deploy that writes times without a zone. */
export const STORMS = ['identity', 'unreadable'] as const;
export type StormKind = (typeof STORMS)[number];

const RECORDS = 300;

export const stormSource = (kind: StormKind) => `/storm/${kind}`;

/** What one source says at once, beside the others. `id`: that nobody else has. */
export function storm(kind: StormKind, id: string, now: number, random: Random): Message[] {
  const subject = random.uuid();
  const event = (at: number): CloudEvent => ({
    specversion: '1.0',
    id,
    source: stormSource(kind),
    type: 'session.updated.v1',
    subject,
    time: new Date(now).toISOString(),
    data: { title: `Said for the time ${at}` },
  });
  const all = Array.from({ length: RECORDS }, (_, at) => at);
  // The first has the identity, and is good.
  if (kind === 'identity') return all.map((at) => message('sessions', event(at), at === 0 ? 'valid' : 'conflict'));
  return all.map((at) => {
    const unzoned = { ...event(at), id: `${id}-${at}`, subject: random.uuid(), time: '2026-01-01T00:00:00' };
    return message('sessions', unzoned, 'poison storm of one source');
  });
}
