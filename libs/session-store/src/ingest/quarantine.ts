import type { RawRecord } from '#libs/contracts';
import { type DataSource, type FindOptionsWhere, type Repository, In, MoreThan, MoreThanOrEqual } from 'typeorm';
import { QuarantineRow } from '../entities';
import type { Bad } from '../slice/slice';

export type QuarantineState = QuarantineRow['state'];

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

/** What could not be taken, until a person replays or discards it. */
export class Quarantine {
  private readonly rows: Repository<QuarantineRow>;

  constructor(source: DataSource) {
    this.rows = source.getRepository(QuarantineRow);
  }

  /** The oldest first. */
  async list(query: QuarantineFilter, limit: number): Promise<QuarantineRow[]> {
    return this.rows.find({ where: where(query), order: { id: 'ASC' }, take: limit });
  }

  async count(query: QuarantineFilter): Promise<number> {
    return this.rows.count({ where: where(query) });
  }

  async get(id: string): Promise<QuarantineRow | null> {
    return this.rows.findOneBy({ id });
  }

  /** How many are open, by topic and reason. */
  async open(topics: readonly string[]): Promise<{ topic: string; reason: string; count: number }[]> {
    const counts = await this.rows
      .createQueryBuilder('q')
      .select(['q.topic AS topic', 'q.reason AS reason', 'count(*)::int AS count'])
      .where(`q.state = 'open' AND q.topic IN (:...topics)`, { topics })
      .groupBy('q.topic, q.reason')
      .orderBy('q.topic, q.reason')
      .getRawMany<{ topic: string; reason: string; count: number }>();
    return counts;
  }

  /** Its record was taken at last. */
  async replayed(id: string): Promise<void> {
    await this.rows.update({ id }, { state: 'replayed', state_at: new Date(), state_why: null });
  }

  /** It is of no use, says a person. False: there is no open one of this id. */
  async discard(id: string, why: string): Promise<boolean> {
    const changed = { state: 'discarded', state_at: new Date(), state_why: why } as const;
    const { affected } = await this.rows.update({ id, state: 'open' }, changed);
    return affected === 1;
  }

  /** It still cannot be taken, for this reason. */
  async stillBad(id: string, { reason, error }: Pick<Bad, 'reason' | 'error'>): Promise<void> {
    await this.rows.update({ id }, { reason, error: error.replaceAll('\u0000', '\\0').toWellFormed().slice(0, 2000) });
  }
}

/** The record as Kafka had it. */
export function recordOf({ key, value, headers, broker_time }: QuarantineRow): RawRecord {
  const bytes = (base64: string) => Buffer.from(base64, 'base64');
  return {
    key,
    value,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, given]) => [name, Array.isArray(given) ? given.map(bytes) : bytes(given)]),
    ),
    timestamp: broker_time.getTime(),
  };
}

function where({ state, topic, reason, since, ids, after }: QuarantineFilter): FindOptionsWhere<QuarantineRow> {
  // Both bounds of the id at once: In() has no room for another condition.
  const wanted = ids?.filter((id) => after === undefined || BigInt(id) > BigInt(after));
  return {
    ...(state !== undefined && { state }),
    ...(topic !== undefined && { topic }),
    ...(reason !== undefined && { reason }),
    ...(since !== undefined && { received_at: MoreThanOrEqual(new Date(since)) }),
    ...(wanted ? { id: In(wanted) } : after !== undefined && { id: MoreThan(after) }),
  };
}
