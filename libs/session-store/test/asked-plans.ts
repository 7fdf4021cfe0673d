import { DataSource, type Logger } from 'typeorm';
import { createDataSource } from '../src';

/** A node of a plan as `EXPLAIN (FORMAT JSON)` gives it. */
export interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  'Index Name'?: string;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: Plan[];
}

/** A connection to the record that remembers what it was asked, and explains it afterwards. */
export class AskedPlans {
  private constructor(
    readonly source: DataSource,
    private readonly asked: Map<string, unknown[]>,
    /** By index: its first column. */
    private readonly firstColumns: ReadonlyMap<string, string>,
  ) {}

  static async connect(url: string): Promise<AskedPlans> {
    const asked = new Map<string, unknown[]>();
    const note = (text: string, values: unknown[]) => {
      if (/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(text)) asked.set(text, values);
    };
    const { options } = createDataSource({ url, name: 'asking' });
    const source = await new DataSource({ ...options, logging: ['query'], logger: logger(note) }).initialize();
    const columns = (await source.query(FIRST_COLUMNS)) as { index: string; name: string }[];
    asked.clear();
    return new AskedPlans(source, asked, new Map(columns.map(({ index, name }) => [index, name])));
  }

  /** Statements so far, each once. */
  get texts(): string[] {
    return [...this.asked.keys()];
  }

  /**
   * Whether a node reads a whole table, or a whole index: from its beginning to its end, or looking in all of it for what
   * is asked of another column than its first. An index that `mayBeRead` matches may be read so.
   */
  isWhole(node: Plan, mayBeRead = /^$/): boolean {
    const { 'Node Type': type, 'Index Name': index = '', 'Index Cond': condition = '' } = node;
    if (type === 'Seq Scan') return true;
    if (!/Index (Only )?Scan$/.test(type) || mayBeRead.test(index)) return false;
    const first = this.firstColumns.get(index);
    if (first === undefined) throw new Error(`of index ${index} the first column is not known`);
    // `(room_id = …)` or `(ROW(room_id, …) > …)`: the column of the index stands on the left.
    return !new RegExp(String.raw`\((ROW\()?"?${first}\b`).test(condition);
  }

  /**
   * Relation and statement of all nodes that `isBad` says so of. `asInStep`: whether a statement is asked within a
   * transaction that looks up by keys.
   */
  async nodesThatAre(isBad: (node: Plan) => boolean, asInStep: (text: string) => boolean): Promise<string[]> {
    const found: string[] = [];
    const runner = this.source.createQueryRunner();
    // What is asked from here on is remembered too.
    const asked = [...this.asked];
    for (const [text, values] of asked) {
      await runner.startTransaction();
      if (asInStep(text)) await runner.query(BY_KEYS);
      const [{ 'QUERY PLAN': plans }] = (await runner.query(`EXPLAIN (FORMAT JSON) ${text}`, values)) as [
        { 'QUERY PLAN': { Plan: Plan }[] },
      ];
      await runner.rollbackTransaction();
      for (const { Plan: plan } of plans)
        found.push(
          ...nodesOf(plan)
            .filter(isBad)
            .map((node) => `${node['Relation Name'] ?? node['Index Name']}: ${text}`),
        );
    }
    await runner.release();
    return found;
  }

  /** How many blocks each statement reads that says `of`; each is done again, and taken back. */
  async blocksOf(of: string): Promise<Map<string, number>> {
    const blocks = new Map<string, number>();
    const runner = this.source.createQueryRunner();
    for (const [text, values] of [...this.asked].filter(([asked]) => asked.includes(of))) {
      await runner.startTransaction();
      const [{ 'QUERY PLAN': plans }] = (await runner.query(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
        values,
      )) as [{ 'QUERY PLAN': { Plan: Plan }[] }];
      await runner.rollbackTransaction();
      for (const { Plan: plan } of plans)
        blocks.set(text, (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
    }
    await runner.release();
    return blocks;
  }
}

const FIRST_COLUMNS = `
  SELECT c.relname AS index, a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
  WHERE c.relkind IN ('i', 'I') AND c.relnamespace = current_schema()::regnamespace`;

/** As a step asks within its transaction. */
const BY_KEYS = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true)`;

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

function logger(note: (text: string, values: unknown[]) => void): Logger {
  const nothing = () => undefined;
  return {
    logQuery: (text, values) => note(text, (values as unknown[] | undefined) ?? []),
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
}
