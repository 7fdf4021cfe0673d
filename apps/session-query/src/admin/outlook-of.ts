import { type Outlook, TOPICS, type TopicName, readEvent } from '#libs/contracts';
import { type QuarantineRow, isTime, outlookOfSession, recordOf } from '#libs/session-store';
import type { DataSource } from 'typeorm';

/**
 * What a replay of a row would do now: it is read as a replay reads it, and folded in memory. Nothing is written. A batch
 * is decoded by session-lifecycle alone.
 */
export async function outlookOf(source: DataSource, row: QuarantineRow): Promise<Outlook> {
  if (row.kind === 'batch') return { would: 'unknown', why: 'a batch is taken apart only when it is replayed' };
  const topic = topicOf(row.topic);
  if (topic === undefined) {
    return { would: 'refuse', reason: 'unknown-topic', error: `the topic ${row.topic} is not one of Marquee's` };
  }
  const record = recordOf(row);
  if (!isTime(record.timestamp)) {
    return { would: 'refuse', reason: 'timestamp', error: `the broker's timestamp ${record.timestamp} is no time` };
  }
  const read = readEvent(topic, record);
  if (!read.ok) return { would: 'refuse', reason: read.reason, error: read.error };
  if (read.kind === 'tombstone')
    return { would: 'unknown', why: 'it deletes a room, a host or a preset, if nothing later is known of it' };
  const { id, source: from, type, subject } = read.event;
  const said = { would: 'record' as const, event: { id, source: from, type }, subject };
  if (topic !== 'sessions') return { ...said, did: null, changes: [] };
  const { event, at, brokerTime } = read as Extract<ReturnType<typeof readEvent<'sessions'>>, { kind: 'event' }>;
  const outlook = await outlookOfSession(source, { event, at, brokerTime });
  return 'reason' in outlook ? { would: 'refuse', ...outlook } : { ...said, ...outlook };
}

/** By the end of its name; the prefix is configured elsewhere. */
function topicOf(name: string): TopicName | undefined {
  return (Object.keys(TOPICS) as TopicName[]).find((topic) => name.endsWith(`.${topic}`));
}
