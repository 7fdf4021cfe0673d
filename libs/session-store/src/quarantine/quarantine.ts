import type { RawRecord } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import type { Bad } from '../slice/slice';
import { plainText } from '../plain-text';
import { decodeHeaders, namedHeaders } from './header-bytes';

export type QuarantineState = 'open' | 'replayed' | 'discarded';

/** Which rows; without a part, all. */
export interface QuarantineFilter {
  state?: QuarantineState | undefined;
  topic?: string | undefined;
  reason?: string | undefined;
  /** Received at or after, epoch ms. */
  since?: number | undefined;
  ids?: readonly string[] | undefined;
  /** Only rows with a greater id. */
  after?: string | undefined;
}

/** A row without the record's bytes. */
export interface QuarantineSummary {
  id: string;
  topic: string;
  partition: number;
  /** Of a batch its last one. */
  offset: string;
  /** The broker's timestamp, epoch ms, as Kafka had it: what is damaged is no time. */
  broker_ms: string;
  received_at: Date;
  kind: 'record' | 'batch';
  /** Who sent it, as far as that can be read; empty: it names nobody. */
  source: string;
  /** The first 1000 bytes of it. */
  key: Buffer | null;
  /** Of the value, in bytes. */
  size: number | null;
  /** Why it came here; they never change. */
  reason: string;
  error: string;
  /** Why the last replay failed. */
  last_error: string | null;
  tries: number;
  state: QuarantineState;
  state_at: Date | null;
  state_why: string | null;
}

/** A row with all bytes. */
export interface QuarantineRow extends QuarantineSummary {
  value: Buffer | null;
  /** As `encodeHeaders` writes them. */
  headers: Buffer;
}

const SUMMARY = `id, topic, partition, "offset", broker_ms, received_at, kind, source, octet_length(value) AS size,
  reason, error, last_error, tries, state, state_at, state_why`;
const MATCHES = `($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR topic = $2)
  AND ($3::text IS NULL OR reason = $3) AND ($4::timestamptz IS NULL OR received_at >= $4)
  AND ($5::bigint[] IS NULL OR id = ANY($5)) AND ($6::bigint IS NULL OR id > $6)`;
const ERROR_LENGTH = 2000;

/** What could not be taken, until a person replays or discards it. */
export class Quarantine {
  constructor(private readonly source: DataSource) {}

  /** The oldest first. Reads no value: how large it is stands beside it. */
  async list(filter: QuarantineFilter, limit: number): Promise<QuarantineSummary[]> {
    return this.source.query(
      `SELECT substring(key FOR 1000) AS key, ${SUMMARY} FROM quarantine WHERE ${MATCHES} ORDER BY id LIMIT $7`,
      [...valuesOf(filter), limit],
    );
  }

  async count(filter: QuarantineFilter): Promise<number> {
    const [row] = (await this.source.query(
      `SELECT count(*)::integer AS count FROM quarantine WHERE ${MATCHES}`,
      valuesOf(filter),
    )) as { count: number }[];
    return row?.count ?? 0;
  }

  /** Of these ids those that no row has, in their order. */
  async unknown(ids: readonly string[]): Promise<string[]> {
    const rows = (await this.source.query(`SELECT id FROM quarantine WHERE id = ANY($1::bigint[])`, [ids])) as {
      id: string;
    }[];
    const found = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => !found.has(id));
  }

  async get(id: string): Promise<QuarantineRow | null> {
    const [row] = (await this.source.query(`SELECT key, value, headers, ${SUMMARY} FROM quarantine WHERE id = $1`, [
      id,
    ])) as QuarantineRow[];
    return row ?? null;
  }

  /** Which of a partition's offsets have a row of their own. */
  async offsets(topic: string, partition: number, offsets: readonly string[]): Promise<Set<string>> {
    const rows = (await this.source.query(
      `SELECT "offset" FROM quarantine WHERE topic = $1 AND partition = $2 AND "offset" = ANY($3)`,
      [topic, partition, offsets],
    )) as { offset: string }[];
    return new Set(rows.map(({ offset }) => offset));
  }

  /** How many are open, by topic and reason. */
  async open(topics: readonly string[]): Promise<{ topic: string; reason: string; count: number }[]> {
    return this.source.query(
      `SELECT topic, reason, count(*)::integer AS count FROM quarantine WHERE state = 'open' AND topic = ANY($1)
       GROUP BY topic, reason ORDER BY topic, reason`,
      [topics],
    );
  }

  /** A replay took its record at last. */
  async replayed(id: string): Promise<void> {
    await this.source.query(
      `UPDATE quarantine SET state = 'replayed', state_at = now(), state_why = NULL, tries = tries + 1 WHERE id = $1`,
      [id],
    );
  }

  /** It is of no use, says a person. False: there is no open one of this id. */
  async discard(id: string, why: string): Promise<boolean> {
    const [, discarded] = (await this.source.query(
      `UPDATE quarantine SET state = 'discarded', state_at = now(), state_why = $2 WHERE id = $1 AND state = 'open'`,
      [id, why],
    )) as [unknown[], number];
    return discarded === 1;
  }

  /** A replay failed, for this reason; why it came here stays. */
  async stillBad(id: string, { reason, error }: Pick<Bad, 'reason' | 'error'>): Promise<void> {
    await this.source.query(`UPDATE quarantine SET tries = tries + 1, last_error = $2 WHERE id = $1`, [
      id,
      plainText(`${reason}: ${error}`, ERROR_LENGTH),
    ]);
  }
}

/** The record as Kafka had it. */
export function recordOf({ key, value, headers, broker_ms: ms }: QuarantineRow): RawRecord {
  return { key, value, headers: namedHeaders(decodeHeaders(headers)), timestamp: Number(ms) };
}

function valuesOf({ state, topic, reason, since, ids, after }: QuarantineFilter): unknown[] {
  return [
    state ?? null,
    topic ?? null,
    reason ?? null,
    since === undefined ? null : new Date(since).toISOString(),
    ids ?? null,
    after ?? null,
  ];
}
