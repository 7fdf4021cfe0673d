import type { Meaning, Topic } from '../journal';

type HeaderValue = string | Buffer;

/** A record as it goes to Kafka. */
export interface Message {
  topic: Topic;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, HeaderValue | HeaderValue[]>;
  meaning: Meaning;
}

/** A CloudEvent as another team writes it: nothing of Marquee's code. */
export interface CloudEvent {
  specversion: string;
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  sequence?: string;
  data?: object;
}

export function message(topic: Topic, event: CloudEvent, meaning: Meaning): Message {
  return { topic, key: Buffer.from(event.subject), value: Buffer.from(JSON.stringify(event)), headers: {}, meaning };
}

const PARTITIONS: Record<Topic, number> = { sessions: 12, viewers: 12, directory: 3 };

/** The partition of a key: stable, so that one subject's records keep their order. */
export function partitionOf({ topic, key }: Pick<Message, 'topic' | 'key'>): number {
  let hash = 0x811c9dc5;
  for (const byte of key ?? []) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % PARTITIONS[topic];
}
