import type { Topic } from '../journal';

/** A row of the session log, as Postgres gives it. */
export interface LogRow {
  subject: string;
  topic: string | null;
  partition: number | null;
  recorded_at: Date;
  entries: string;
}

/** What the session log says of one message that it holds. */
export interface LoggedEvent {
  topic: Topic;
  partition: number;
  offset: bigint;
  /** Its clamped time, epoch µs. */
  at: number;
  did: string;
  subject: string;
  source: string;
  id: string;
  recordedAt: Date;
}

type Entry = [
  offset: number | string | null,
  at: number,
  broker: number | null,
  did: string,
  flags: string[],
  event: object,
];

/** Every message in the log; what was derived is no message. `prefix`: of the topics' names. */
export function loggedEvents(rows: readonly LogRow[], prefix: string): LoggedEvent[] {
  return rows.flatMap(({ subject, topic, partition, recorded_at: recordedAt, entries }) => {
    if (topic === null || partition === null) return [];
    const place = { topic: topic.slice(prefix.length + 1) as Topic, partition };
    return (JSON.parse(entries) as Entry[]).flatMap(([offset, at, , did, , event]) => {
      if (offset === null) return [];
      const { source, id } = event as { source: string; id: string };
      return [{ ...place, offset: BigInt(offset), at, did, subject, source, id, recordedAt }];
    });
  });
}
