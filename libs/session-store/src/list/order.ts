import type { ListQuery, ListSort } from '#libs/contracts';
import type { Parameters } from './parameters';
import { SHOWN_COUNT, SHOWN_PEAK } from './shown-sql';

/** The last one of what came before: a count, epoch ms, or ms for a duration; null where it has none. */
export interface After {
  key: number | null;
  id: string;
}

type Sort = ListSort | 'updated_at';

/** How a query is ordered: null last, equals by id in the same direction. */
export class Order {
  readonly sort: Sort;
  readonly isDescending: boolean;
  /** Whether the order looks at counts. */
  readonly countsUsed: boolean;
  private readonly expression: string;
  private readonly isNullable: boolean;

  /** `now`, epoch ms: how long the live ones have lasted. Newest activity first where nothing is asked for. */
  constructor(
    query: ListQuery,
    now: number,
    private readonly parameters: Parameters,
  ) {
    this.sort = query.sort ?? 'updated_at';
    this.isDescending = query.order !== 'asc';
    this.countsUsed = this.sort === 'viewer_count' || this.sort === 'max_viewers';
    this.isNullable = this.sort !== 'created_at' && this.sort !== 'updated_at';
    this.expression = this.expressionOf(now);
  }

  get sql(): string {
    const direction = this.isDescending ? 'DESC' : 'ASC';
    // Said of a column that is never null, NULLS LAST would hide its index from the planner.
    return `${this.expression} ${direction}${this.isNullable ? ' NULLS LAST' : ''}, s.id ${direction}`;
  }

  /** The condition on all that come later. */
  after({ key, id }: After): string {
    const comesLater = this.isDescending ? '<' : '>';
    const idSql = this.parameters.add(id);
    if (key === null) return `(${this.expression} IS NULL AND s.id ${comesLater} ${idSql})`;
    const later = `(${this.expression}, s.id) ${comesLater} (${this.keySql(key)}, ${idSql})`;
    return this.isNullable ? `(${later} OR ${this.expression} IS NULL)` : later;
  }

  private expressionOf(now: number): string {
    switch (this.sort) {
      case 'viewer_count':
        return `(${SHOWN_COUNT})`;
      case 'max_viewers':
        return `(${SHOWN_PEAK})`;
      case 'duration': {
        const until = this.parameters.addTime(now);
        return `(CASE s.status WHEN 'live' THEN ${until} - s.started_at ELSE s.ended_at - s.started_at END)`;
      }
      default:
        return `s.${this.sort}`;
    }
  }

  private keySql(key: number): string {
    if (this.countsUsed) return `${this.parameters.add(key)}::bigint`;
    if (this.sort === 'duration') return `${this.parameters.add(key)}::bigint * interval '1 millisecond'`;
    return this.parameters.addTime(key);
  }
}
