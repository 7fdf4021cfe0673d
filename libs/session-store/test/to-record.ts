import { readEvent } from '#libs/contracts';
import type { SessionToRecord } from '../src';
import type { Sent } from './given-record';

/** An event of a session as the broker has it that got it at once, or at a time (epoch ms), at a place of its own. */
export function toRecord(sent: Sent, offset = 0, timestamp = Date.parse(String(sent['time']))): SessionToRecord {
  const value = Buffer.from(JSON.stringify(sent));
  const record = { key: Buffer.from(sent.subject), value, headers: {}, timestamp };
  const read = readEvent('sessions', record);
  if (!read.ok || read.kind !== 'event') throw new Error(`not readable: ${JSON.stringify(read)}`);
  const { event, at, brokerTime } = read;
  const origin = { place: { topic: 't.sessions', partition: 0, offset: String(offset) }, record };
  return { event, at, brokerTime, origin, fact: { ...event, at, brokerTime } };
}
