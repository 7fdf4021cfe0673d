import type { DataSource } from 'typeorm';
import { plainText } from '../plain-text';
import type { QuarantineState } from './quarantine';

/** Places in Kafka of records for which the quarantine had no room; both ends are included. */
export interface QuarantineRange {
  id: string;
  topic: string;
  partition: number;
  from_offset: string;
  to_offset: string;
  /** Empty: they name nobody, or are of several (then the reason is `several`). */
  source: string;
  reason: string;
  /** How many in it could not be taken; the others could. */
  messages: string;
  /** Broker's timestamps, epoch ms. */
  first_ms: string;
  last_ms: string;
  received_at: Date;
  last_error: string | null;
  tries: number;
  state: QuarantineState;
  state_at: Date | null;
  state_why: string | null;
}

const COLUMNS = `id, topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms, received_at,
  last_error, tries, state, state_at, state_why`;
const ERROR_LENGTH = 2000;

/** What stands in Kafka alone, until a person replays or discards it, or Kafka's retention ends. */
export class QuarantineRanges {
  constructor(private readonly source: DataSource) {}

  /** Those that are open, the oldest first. */
  async open(topics: readonly string[], limit = 1000): Promise<QuarantineRange[]> {
    return this.source.query(
      `SELECT ${COLUMNS} FROM quarantine_ranges WHERE topic = ANY($1) AND state = 'open' ORDER BY id LIMIT $2`,
      [topics, limit],
    );
  }

  /** The same of all topics. */
  async allOpen(limit: number): Promise<QuarantineRange[]> {
    return this.source.query(`SELECT ${COLUMNS} FROM quarantine_ranges WHERE state = 'open' ORDER BY id LIMIT $1`, [
      limit,
    ]);
  }

  async get(id: string): Promise<QuarantineRange | null> {
    const [row] = (await this.source.query(`SELECT ${COLUMNS} FROM quarantine_ranges WHERE id = $1`, [
      id,
    ])) as QuarantineRange[];
    return row ?? null;
  }

  /** How many messages stand in open ranges, by topic. */
  async messages(topics: readonly string[]): Promise<Map<string, number>> {
    const rows = (await this.source.query(
      `SELECT topic, sum(messages) AS messages FROM quarantine_ranges WHERE topic = ANY($1) AND state = 'open' GROUP BY topic`,
      [topics],
    )) as { topic: string; messages: string }[];
    return new Map(rows.map(({ topic, messages }) => [topic, Number(messages)]));
  }

  /**
   * All that it names was taken by a replay of the range as it was when that began; one that has grown stays open.
   * `why`: what is to be known of it.
   */
  async replayed(
    { id, to_offset: to }: Pick<QuarantineRange, 'id' | 'to_offset'>,
    why: string | null,
  ): Promise<boolean> {
    const [, replayed] = (await this.source.query(
      `UPDATE quarantine_ranges SET state = 'replayed', state_at = now(), state_why = $3, tries = tries + 1
       WHERE id = $1 AND to_offset = $2`,
      [id, to, why],
    )) as [unknown[], number];
    return replayed === 1;
  }

  /** A replay could not take all of it. Gives its state, which stays what it was. */
  async stillBad(id: string, error: string): Promise<QuarantineState> {
    const [[range]] = (await this.source.query(
      `UPDATE quarantine_ranges SET tries = tries + 1, last_error = $2 WHERE id = $1 RETURNING state`,
      [id, plainText(error, ERROR_LENGTH)],
    )) as [Pick<QuarantineRange, 'state'>[], number];
    return range?.state ?? 'open';
  }

  /** It is of no use, says a person. False: there is no open one of this id. */
  async discard(id: string, why: string): Promise<boolean> {
    const [, discarded] = (await this.source.query(
      `UPDATE quarantine_ranges SET state = 'discarded', state_at = now(), state_why = $2 WHERE id = $1 AND state = 'open'`,
      [id, why],
    )) as [unknown[], number];
    return discarded === 1;
  }
}
