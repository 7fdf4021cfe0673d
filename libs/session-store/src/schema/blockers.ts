import type { DataSource, QueryRunner } from 'typeorm';

const LOOK_EVERY_MS = 200;

/** Looks again and again, by another connection, for whom one connection waits. */
export class Blockers {
  private seen = 'somebody who was not seen';
  private looking: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly source: DataSource,
    private readonly pid: number,
    private readonly tell: (by: string) => void,
  ) {
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look()).catch(() => undefined);
    }, LOOK_EVERY_MS);
  }

  /** `tell`: told who it is, when that changes. */
  static async watch(source: DataSource, waiting: QueryRunner, tell: (by: string) => void): Promise<Blockers> {
    const [own] = (await waiting.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
    return new Blockers(source, own.pid, tell);
  }

  /** Who held the connection up most recently, for a person. */
  get last(): string {
    return this.seen;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    const found = (await this.source.query(WHO, [this.pid])) as { who: string }[];
    const by = found.map(({ who }) => who).join(', ');
    if (by === '' || by === this.seen) return;
    this.seen = by;
    this.tell(by);
  }
}

const WHO = `
  SELECT concat('pid ', pid, ' (', coalesce(nullif(application_name, ''), usename),
    ', in a transaction since ', to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ')') AS who
  FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1)) ORDER BY xact_start`;
