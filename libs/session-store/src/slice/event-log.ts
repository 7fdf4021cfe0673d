import { hash } from 'node:crypto';
import { type EventOn, eventContent } from '#libs/contracts';
import type { DataSource, QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, EPOCH_US, given, names, unnest } from '../columns';
import type { Bad } from './slice';

const DAY_MS = 86_400_000;
/** Days around now that get a partition of their own; what is further away stands in the default one. */
const OWN_DAYS_BACK = 35;
const OWN_DAYS_AHEAD = 2;

/** An event that the log takes, with where it came from, for the case that its id is taken by another. */
export interface Loggable {
  event: EventOn['sessions' | 'directory'];
  /** The event's clamped time, epoch µs. */
  at: number;
  /** When the broker got it, epoch ms. */
  brokerTime: number;
  origin: Pick<Bad, 'place' | 'record'>;
}

interface LogRow {
  day: number;
  source: string;
  id: string;
  subject: string;
  type: string;
  time: number;
  at: number;
  broker_time: number;
  seq: string;
  odd_sequence: string | null;
  payload: string;
  digest: Buffer;
}

const COLUMNS: Columns<LogRow> = [
  ['day', 'date'],
  ['source', 'text'],
  ['id', 'text'],
  ['subject', 'uuid'],
  ['type', 'text'],
  ['time', EPOCH_MS],
  ['at', EPOCH_US],
  ['broker_time', EPOCH_MS],
  ['seq', 'numeric'],
  ['odd_sequence', 'text'],
  ['payload', 'jsonb'],
  ['digest', 'bytea'],
];

/**
 * Writes events into the log: inbox, audit and history in one. Gives those whose identity is held by an event with
 * other data; they are not to be folded. Exact duplicates of what is held are in no conflict.
 */
export async function logEvents<E extends Loggable>(runner: QueryRunner, events: readonly E[]): Promise<Set<E>> {
  if (events.length === 0) return new Set();
  const rows = events.map((one) => [one, logRow(one)] as const);
  const firsts = new Map<string, LogRow>();
  for (const [, row] of rows) {
    const key = identity(row);
    if (!firsts.has(key)) firsts.set(key, row);
  }
  const sorted = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const { from, values } = unnest(COLUMNS, sorted);
  const { affected } = await runner.query(
    `INSERT INTO event_log (${names(COLUMNS)}) SELECT ${given(COLUMNS)} FROM ${from}
     ON CONFLICT (day, source, id) DO NOTHING`,
    values,
    true,
  );
  const held = new Map([...firsts].map(([key, { digest }]) => [key, digest]));
  if (affected !== sorted.length) {
    for (const other of await heldOtherwise(runner, sorted)) held.set(identity(other), other.digest);
  }
  return new Set(rows.flatMap(([one, row]) => (held.get(identity(row))?.equals(row.digest) ? [] : [one])));
}

/** Takes back what was written in this transaction: the events are refused for another reason. */
export async function unlogEvents(runner: QueryRunner, events: readonly Loggable[]): Promise<void> {
  if (events.length === 0) return;
  const { from, values } = unnest(COLUMNS, events.map(logRow));
  await runner.query(
    `DELETE FROM event_log e USING ${from} WHERE (e.day, e.source, e.id) = (given.day, given.source, given.id)`,
    values,
  );
}

type HeldIdentity = Pick<LogRow, 'day' | 'source' | 'id' | 'digest'>;

/** The identities that the log holds with other data; what was just written is held as it is. */
async function heldOtherwise(runner: QueryRunner, rows: LogRow[]): Promise<HeldIdentity[]> {
  const { from, values } = unnest(COLUMNS, rows);
  return (await runner.query(
    `SELECT (extract(epoch FROM e.day) * 1000)::float8 AS day, e.source, e.id, e.digest FROM event_log e JOIN ${from}
     ON (e.day, e.source, e.id) = (given.day, given.source, given.id) WHERE e.digest <> given.digest`,
    values,
  )) as HeldIdentity[];
}

function logRow({ event, at, brokerTime }: Loggable): LogRow {
  const { id, source, subject, type, time, sequence, odd_sequence, data } = event;
  const payload = JSON.stringify(data);
  const digest = hash('sha256', eventContent(event, payload), 'buffer');
  return {
    day: Math.floor(time / DAY_MS) * DAY_MS,
    source,
    id,
    subject,
    type,
    time,
    at,
    broker_time: brokerTime,
    seq: sequence ?? '0',
    odd_sequence: odd_sequence ?? null,
    payload,
    digest,
  };
}

function identity({ day, source, id }: Pick<LogRow, 'day' | 'source' | 'id'>): string {
  return JSON.stringify([day, source, id]);
}

/** Makes the partitions that a slice will need, outside its transaction; remembers what it has made. */
export class LogPartitions {
  private readonly known = new Set<string>();

  constructor(private readonly source: DataSource) {}

  async ensure(times: readonly number[], now: number): Promise<void> {
    const days = new Set(
      times
        .filter((time) => time > now - OWN_DAYS_BACK * DAY_MS && time < now + OWN_DAYS_AHEAD * DAY_MS)
        .map((time) => Math.floor(time / DAY_MS) * DAY_MS),
    );
    for (const start of days) {
      const day = dayText(start);
      if (this.known.has(day)) continue;
      await this.create(day, dayText(start + DAY_MS));
      this.known.add(day);
    }
  }

  private async create(day: string, next: string): Promise<void> {
    const name = `event_log_${day.replaceAll('-', '')}`;
    try {
      await this.source.query(
        `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF event_log FOR VALUES FROM ('${day}') TO ('${next}')`,
      );
    } catch (error) {
      // 42P07, 23505: another process made it this moment. 23514: the default partition has rows of that day already.
      const { code } = error as { code?: string };
      if (code !== '42P07' && code !== '23505' && code !== '23514') throw error;
    }
  }
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
