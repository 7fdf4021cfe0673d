import { hash } from 'node:crypto';
import type { DirectoryEvent, SessionEvent } from '#libs/contracts';
import type { DataSource, QueryRunner } from 'typeorm';
import { type Columns, given, names, timestamp, unnest } from '../columns';
import type { Bad } from './slice';

const DAY_MS = 86_400_000;
/** Days around now that get a partition of their own; what is further away stands in the default one. */
const OWN_DAYS_BACK = 35;
const OWN_DAYS_AHEAD = 2;

/** An event that the log takes, with where it came from, for the case that its id is taken by another. */
export interface Loggable {
  event: SessionEvent | DirectoryEvent;
  at: number;
  origin: Pick<Bad, 'place' | 'record'>;
}

interface LogRow {
  day: string;
  source: string;
  id: string;
  subject: string;
  type: string;
  time: string;
  at: string;
  seq: string;
  payload: string;
  digest: Buffer;
}

const COLUMNS: Columns<LogRow> = [
  ['day', 'date'],
  ['source', 'text'],
  ['id', 'text'],
  ['subject', 'uuid'],
  ['type', 'text'],
  ['time', 'timestamptz'],
  ['at', 'timestamptz'],
  ['seq', 'numeric'],
  ['payload', 'jsonb'],
  ['digest', 'bytea'],
];

/**
 * Writes events into the log: inbox, audit and history in one. Gives those whose identity is held by an event with
 * other data; they are not to be folded.
 */
export async function logEvents<E extends Loggable>(runner: QueryRunner, events: readonly E[]): Promise<Set<E>> {
  if (events.length === 0) return new Set();
  const conflicts = new Set<E>();
  const rows = new Map<string, LogRow>();
  const byIdentity = new Map<string, E[]>();
  for (const one of events) {
    const row = logRow(one);
    const key = identity(row);
    const first = rows.get(key);
    if (!first) rows.set(key, row);
    else if (!first.digest.equals(row.digest)) conflicts.add(one);
    const same = byIdentity.get(key);
    if (same) same.push(one);
    else byIdentity.set(key, [one]);
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const { from, values } = unnest(COLUMNS, sorted);
  const { affected } = await runner.query(
    `INSERT INTO event_log (${names(COLUMNS)}) SELECT ${given(COLUMNS)} FROM ${from}
     ON CONFLICT (day, source, id) DO NOTHING`,
    values,
    true,
  );
  if (affected === sorted.length) return conflicts;
  for (const other of await withOtherData(runner, sorted)) {
    // Every event of this slice with that identity meets the one that was there first.
    for (const one of byIdentity.get(other) ?? []) conflicts.add(one);
  }
  return conflicts;
}

/** The identities of those that the log holds with other data; what was just written is held as it is. */
async function withOtherData(runner: QueryRunner, rows: LogRow[]): Promise<string[]> {
  const { from, values } = unnest(COLUMNS, rows);
  const found = (await runner.query(
    `SELECT e.day::text, e.source, e.id FROM event_log e JOIN ${from}
     ON (e.day, e.source, e.id) = (given.day, given.source, given.id) WHERE e.digest <> given.digest`,
    values,
  )) as { day: string; source: string; id: string }[];
  return found.map(identity);
}

function logRow({ event, at }: Loggable): LogRow {
  const { id, source, subject, type, time, sequence, data } = event;
  const payload = JSON.stringify(data);
  const digest = hash(
    'sha256',
    `[${JSON.stringify([type, subject, time, sequence ?? '0']).slice(1, -1)},${payload}]`,
    'buffer',
  );
  const iso = timestamp(time);
  return {
    day: iso.slice(0, 10),
    source,
    id,
    subject,
    type,
    time: iso,
    at: timestamp(at),
    seq: sequence ?? '0',
    payload,
    digest,
  };
}

function identity({ day, source, id }: { day: string; source: string; id: string }): string {
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
      const day = timestamp(start).slice(0, 10);
      if (this.known.has(day)) continue;
      await this.create(day, timestamp(start + DAY_MS).slice(0, 10));
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
