import { ProjectionWriter } from '#libs/live-projection';
import { SessionStore } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import { Comparison } from '../src/projection/comparison';

/** Asks the projection of a Redis what it holds, and how it stands to the record. */
export class GivenProjection {
  private readonly writer: ProjectionWriter;
  private readonly store: SessionStore;

  constructor(url: string, tag: string, source: DataSource) {
    this.writer = new ProjectionWriter({ url, tag });
    this.store = new SessionStore(source);
  }

  async epoch(): Promise<number> {
    const { position, lost } = await this.writer.inspect();
    if (!position || lost !== null) throw new Error(`there is no projection: ${lost}`);
    return position.epoch;
  }

  /** What differs between Redis and Postgres, ids with their kinds. */
  async differences(): Promise<object[]> {
    const comparison = new Comparison();
    for await (const page of this.store.versions()) comparison.expect(page);
    for await (const page of this.writer.holdings(await this.epoch())) comparison.see(page);
    return comparison.suspects();
  }

  /** How many sessions it holds. */
  async sessions(): Promise<number> {
    return (await this.writer.inspect()).sessions;
  }

  /** By Redis' clock; Infinity where nobody has said how fresh it is. */
  async ageMs(): Promise<number> {
    const { freshAt, now } = await this.writer.noteFresh(await this.epoch(), null);
    return freshAt === null ? Infinity : now - freshAt;
  }

  async freshAt(): Promise<number> {
    return (await this.writer.noteFresh(await this.epoch(), null)).freshAt ?? -Infinity;
  }

  async close(): Promise<void> {
    await this.writer.close();
  }
}
