import type { ListQuery, ListSort } from '#libs/contracts';
import type { Parameters } from './parameters';
import { SHOWN_COUNT, SHOWN_PEAK } from './shown-sql';

/** The last one of what came before: a count, epoch ms, or ms for a duration; null where it has none. */
export interface After {
  key: number | null;
  id: string;
}

export type Sort = ListSort | 'updated_at';

/** Newest activity first where nothing is asked for. */
export const DEFAULT_SORT: Sort = 'updated_at';

/** By these an index gives the sessions of a status in their order. */
const INDEXED = new Set<Sort>(['updated_at', 'created_at', 'started_at', 'scheduled_start_time']);

export function sortOf(query: ListQuery): Sort {
  return query.sort ?? DEFAULT_SORT;
}

export function isIndexed(sort: Sort): boolean {
  return INDEXED.has(sort);
}

/** How a query is ordered: null last, equals by id in the same direction. */
export class Order {
  readonly sort: Sort;
  readonly isDescending: boolean;
  /** Whether the key looks at counts. */
  readonly countsUsed: boolean;
  readonly isNullable: boolean;
  private keyText: string | undefined;

  /** `now`, epoch ms: how long the live ones have lasted. */
  constructor(
    query: ListQuery,
    private readonly now: number,
    private readonly parameters: Parameters,
  ) {
    this.sort = sortOf(query);
    this.isDescending = query.order !== 'asc';
    this.countsUsed = this.sort === 'viewer_count' || this.sort === 'max_viewers';
    this.isNullable = this.sort !== 'created_at' && this.sort !== 'updated_at';
  }

  /** SQL of the key of a session `s`. Its parameters are there from the first use on. */
  get key(): string {
    return (this.keyText ??= this.writeKey());
  }

  /** The key as a number: a count, epoch ms, or ms for a duration. */
  get keyAsNumber(): string {
    if (this.countsUsed) return this.key;
    return `round(extract(epoch FROM ${this.key}) * 1000)`;
  }

  get direction(): 'ASC' | 'DESC' {
    return this.isDescending ? 'DESC' : 'ASC';
  }

  /** Of keys that are there: as an index has them. */
  byValue(key: string, id: string): string {
    return `${key} ${this.direction}, ${id} ${this.direction}`;
  }

  byAll(key: string, id: string): string {
    return `${key} ${this.direction}${this.isNullable ? ' NULLS LAST' : ''}, ${id} ${this.direction}`;
  }

  /** The condition on those with a key that come later; what comes after one without a key has none. */
  laterByValue(key: string, id: string, after: After): string {
    if (after.key === null) return 'false';
    return `(${key}, ${id}) ${this.comesLater} (${this.valueSql(after.key)}, ${this.parameters.add(after.id)}::uuid)`;
  }

  /** The condition on those without a key that come later. */
  laterById(id: string, after: After): string {
    return after.key === null ? `${id} ${this.comesLater} ${this.parameters.add(after.id)}::uuid` : 'true';
  }

  laterOfAll(key: string, id: string, after: After): string {
    return `(${this.laterByValue(key, id, after)} OR (${key} IS NULL AND ${this.laterById(id, after)}))`;
  }

  private get comesLater(): '<' | '>' {
    return this.isDescending ? '<' : '>';
  }

  private writeKey(): string {
    switch (this.sort) {
      case 'viewer_count':
        return `(${SHOWN_COUNT})`;
      case 'max_viewers':
        return `(${SHOWN_PEAK})`;
      case 'duration': {
        const until = this.parameters.addTime(this.now);
        return `(CASE s.status WHEN 'live' THEN ${until} - s.started_at ELSE s.ended_at - s.started_at END)`;
      }
      default:
        return `s.${this.sort}`;
    }
  }

  private valueSql(key: number): string {
    if (this.countsUsed) return `${this.parameters.add(key)}::bigint`;
    if (this.sort === 'duration') return `${this.parameters.add(key)}::bigint * interval '1 millisecond'`;
    return this.parameters.addTime(key);
  }
}
