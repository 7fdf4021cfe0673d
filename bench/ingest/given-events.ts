import { createHash } from 'node:crypto';
import type { GivenEvent } from './topic-log';

/** The same in Postgres: md5(name)::uuid. */
export function idOf(name: string): string {
  const hex = createHash('md5').update(name).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function givenEvent(type: string, n: number, subject: string, timeMs: number, data?: object): GivenEvent {
  const event = {
    specversion: '1.0',
    id: idOf(`event${type}${n}`),
    source: '/bench/platform',
    type,
    subject,
    time: new Date(timeMs).toISOString(),
    ...(data && { data }),
  };
  return { subject, timeMs, json: JSON.stringify(event) };
}
