import { type ListQuery, listQuery } from '#libs/contracts';
import { FROZEN, SessionStore, createDataSource } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import type { Question } from './questions';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** What Postgres did for a question. */
export interface Planned {
  blocks: number;
  /** Tables that were read from one end to the other. */
  scanned: string[];
}

/** Explains each statement of a question before it is asked, as the query service asks. */
export class Plans {
  private planned: Planned = { blocks: 0, scanned: [] };

  private constructor(
    private readonly source: DataSource,
    private readonly store: SessionStore,
  ) {}

  static async of(url: string): Promise<Plans> {
    const source = await createDataSource({ url, name: 'plans', byIndexOnly: true, poolSize: 1 }).initialize();
    const plans = new Plans(source, new SessionStore(source));
    const create = source.createQueryRunner.bind(source);
    source.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner);
      runner.query = async (text: string, values?: unknown[]) => {
        if (!text.startsWith('EXPLAIN'))
          plans.note(await query(`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`, values));
        return query(text, values);
      };
      return runner;
    };
    return plans;
  }

  /** Of its first form; undefined where it cannot be explained within the time that a question has. */
  async explain({ form, pages = 1 }: Question): Promise<Planned | undefined> {
    const query: ListQuery = listQuery.parse(form(0));
    this.planned = { blocks: 0, scanned: [] };
    try {
      const gone = new AbortController().signal;
      if (pages > 1 && query.sort !== 'created_at') await this.store.freeze(query, Date.now(), FROZEN, undefined, gone);
      else await this.store.list(query, Date.now(), { page: query.page }, gone);
      return this.planned;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.source.destroy();
  }

  private note(explained: [{ 'QUERY PLAN': [{ Plan: PlanNode }] }]): void {
    const [
      {
        'QUERY PLAN': [{ Plan: plan }],
      },
    ] = explained;
    this.planned.blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    this.planned.scanned.push(...scansOf(plan));
  }
}

function scansOf(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? '?'] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansOf)];
}
