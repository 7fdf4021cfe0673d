import { ApiKeys, createDataSource } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import type { Arena } from '../machinery/arena';
import type { Measured } from '../machinery/course';
import { type GivenServer, givenQuery } from '../rest/given-query';
import type { GivenRecord } from '../rest/given-record';
import { type Took, ask } from './asked';
import { Plans } from './plans';
import { QUESTIONS, type Question } from './questions';
import { scansOf, sizesOf } from './tables';

/** A query service over a record, which is asked one question after another. */
export class AskedRecord {
  private constructor(
    private readonly url: string,
    private readonly source: DataSource,
    private readonly server: GivenServer,
    private readonly key: string,
    private readonly scansBefore: number,
  ) {}

  static async of(arena: Arena, record: GivenRecord): Promise<AskedRecord> {
    const { databaseUrl: url } = record;
    const source = await createDataSource({ url, name: 'bench' }).initialize();
    const key = await new ApiKeys(source).create({ name: 'bench', scopes: ['sessions:private'], sources: null });
    const server = await givenQuery(arena, record);
    return new AskedRecord(url, source, server, key.text, await scansOf(source));
  }

  ask(question: Question): Promise<Took> {
    return ask(this.server.url, this.key, question);
  }

  /** Stops the service; tells how often it read a table that grows as a whole, what its plans read, and the sizes. */
  async afterwards(scans: string): Promise<Measured> {
    await this.server.process.stop();
    const scanned = (await scansOf(this.source)) - this.scansBefore;
    const sizes = await sizesOf(this.source);
    await this.source.destroy();
    return { [scans]: scanned, ...(await blocksOf(this.url)), ...sizes };
  }
}

async function blocksOf(url: string): Promise<Measured> {
  const plans = await Plans.of(url);
  const figures: Measured = {};
  try {
    for (const question of QUESTIONS) {
      const planned = await plans.explain(question);
      if (planned) figures[`blocks/${question.name}`] = planned.blocks;
    }
  } finally {
    await plans.close();
  }
  return figures;
}
