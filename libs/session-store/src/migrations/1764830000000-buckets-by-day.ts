import type { MigrationInterface, QueryRunner } from 'typeorm';

const DAY_MS = 86_400_000;
const DAYS_BACK = 8;
const DAYS_AHEAD = 7;

/**
 * The history of viewer counts lies in partitions, one for each UTC day, so that old days can be dropped. What is older than
 * eight days stays where it is: the table that held all becomes the partition of all earlier days. What a wrong clock of a
 * broker put more than a week ahead of now is taken away: it is no history.
 */
export class BucketsByDay1764830000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const first = new Date(today - DAYS_BACK * DAY_MS).toISOString();
    for (const statement of RENAME) await runner.query(statement);
    for (let day = -DAYS_BACK; day <= DAYS_AHEAD; day += 1) await runner.query(partition(today + day * DAY_MS));
    const end = new Date(today + (DAYS_AHEAD + 1) * DAY_MS).toISOString();
    await runner.query(`DELETE FROM viewer_buckets_older WHERE bucket >= '${end}'`);
    await runner.query(
      `WITH moved AS (DELETE FROM viewer_buckets_older WHERE bucket >= '${first}' RETURNING *)
       INSERT INTO viewer_buckets SELECT * FROM moved`,
    );
    await runner.query(
      `ALTER TABLE viewer_buckets ATTACH PARTITION viewer_buckets_older FOR VALUES FROM (MINVALUE) TO ('${first}')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const RENAME = [
  `ALTER TABLE viewer_buckets RENAME TO viewer_buckets_older`,
  `ALTER TABLE viewer_buckets_older RENAME CONSTRAINT viewer_buckets_pkey TO viewer_buckets_older_pkey`,
  `CREATE TABLE viewer_buckets (LIKE viewer_buckets_older, PRIMARY KEY (session_id, bucket)) PARTITION BY RANGE (bucket)`,
];

const DOWN = [
  `CREATE TABLE all_buckets (LIKE viewer_buckets) WITH (fillfactor = 70)`,
  `INSERT INTO all_buckets SELECT * FROM viewer_buckets`,
  `DROP TABLE viewer_buckets`,
  `ALTER TABLE all_buckets RENAME TO viewer_buckets`,
  `ALTER TABLE viewer_buckets ADD PRIMARY KEY (session_id, bucket)`,
];

function partition(day: number): string {
  const [from, to] = [new Date(day).toISOString(), new Date(day + DAY_MS).toISOString()];
  const name = `viewer_buckets_${from.slice(0, 10).replaceAll('-', '')}`;
  return `CREATE TABLE ${name} PARTITION OF viewer_buckets FOR VALUES FROM ('${from}') TO ('${to}') WITH (fillfactor = 70)`;
}
