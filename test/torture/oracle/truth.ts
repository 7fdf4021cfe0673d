import type { Intent, JournalLine } from '../journal';
import { type LogRecord, placeOf } from './kafka-log';

/** A good event with the place it stands at, by nothing but the published contract. */
export interface Told {
  record: LogRecord;
  intent: Intent;
  id: string;
  source: string;
  type: string;
  subject: string;
  time: number;
  /** The least of its time and the last microsecond of the broker's millisecond, epoch µs. */
  at: number;
  /** The broker's timestamp. */
  broker: number;
  sequence: bigint;
  data: Record<string, unknown>;
}

export interface Truth {
  /** Each copy in Kafka of each good event, in the order of the log; the ones in conflict left out. */
  told: Told[];
  tombstones: LogRecord[];
  poison: { record: LogRecord; meaning: string }[];
  conflicts: LogRecord[];
  /** Acknowledged, and not where the broker said: the broker's loss, not ours. */
  brokerLost: number;
  intents: number;
  acknowledged: number;
  unknown: number;
}

/** What really happened: Kafka's log, each record read by what its producer meant it to be. */
export function truthOf(journal: readonly JournalLine[], log: readonly LogRecord[]): Truth {
  const intents = new Map<number, Intent>();
  for (const line of journal) {
    if (line.line === 'intent') for (const intent of line.intents) intents.set(intent.n, intent);
  }
  const truth: Truth = {
    told: [],
    tombstones: [],
    poison: [],
    conflicts: [],
    intents: intents.size,
    ...acknowledgements(journal, log),
  };
  const identities = new Map<string, string>();
  const ordered = [...log].sort((a, b) => (a.offset < b.offset ? -1 : 1));
  for (const record of ordered) {
    const intent = intents.get(Number(record.headers['n']?.toString()));
    if (!intent)
      throw new Error(
        `a record that nobody meant to send: ${placeOf(record.topic, record.partition)} ${record.offset}`,
      );
    if (intent.meaning.startsWith('poison')) truth.poison.push({ record, meaning: intent.meaning.slice(7) });
    else if (record.value === null) truth.tombstones.push(record);
    else {
      const told = read(record, intent);
      if (record.topic !== 'viewers' && isConflict(identities, told, record.value)) truth.conflicts.push(record);
      else truth.told.push(told);
    }
  }
  return truth;
}

/** The first with an identity holds it; one with the same identity and other data is refused. */
function isConflict(identities: Map<string, string>, { source, id, time }: Told, value: Buffer): boolean {
  const identity = identityOf({ source, id, time });
  const text = value.toString();
  const first = identities.get(identity) ?? text;
  identities.set(identity, first);
  return first !== text;
}

export function identityOf({ source, id, time }: Pick<Told, 'source' | 'id' | 'time'>): string {
  return `${new Date(time).toISOString().slice(0, 10)} ${source} ${id}`;
}

function read(record: LogRecord, intent: Intent): Told {
  const event = JSON.parse(String(record.value)) as Record<string, unknown>;
  const time = Date.parse(String(event['time']));
  return {
    record,
    intent,
    id: String(event['id']),
    source: String(event['source']),
    type: String(event['type']),
    subject: String(event['subject']).toLowerCase(),
    time,
    at: Math.min(time * 1000 + microsOf(String(event['time'])), record.timestamp * 1000 + 999),
    broker: record.timestamp,
    sequence: BigInt((event['sequence'] as string | undefined) ?? 0),
    data: (event['data'] ?? {}) as Record<string, unknown>,
  };
}

/** The producer of this run writes six digits of a second, or three. */
function microsOf(time: string): number {
  return time.length === '2026-11-28T12:00:00.123456Z'.length ? Number(time.slice(-4, -1)) : 0;
}

function acknowledgements(journal: readonly JournalLine[], log: readonly LogRecord[]) {
  const stands = new Map(
    log.map((one) => [`${placeOf(one.topic, one.partition)} ${one.offset}`, one.headers['n']?.toString()]),
  );
  const batches = new Map<number, Intent[]>();
  const counts = { acknowledged: 0, unknown: 0, brokerLost: 0 };
  for (const line of journal) {
    if (line.line === 'intent') batches.set(line.batch, line.intents);
    if (line.line === 'unknown') counts.unknown += batches.get(line.batch)?.length ?? 0;
    if (line.line !== 'acknowledged') continue;
    for (const { topic, partition, base } of line.offsets) {
      const sent = (batches.get(line.batch) ?? []).filter((one) => one.topic === topic && one.partition === partition);
      for (const [index, { n }] of sent.entries()) {
        counts.acknowledged++;
        if (stands.get(`${placeOf(topic, partition)} ${BigInt(base) + BigInt(index)}`) !== String(n))
          counts.brokerLost++;
      }
    }
  }
  return counts;
}
