import type { QueryRunner } from 'typeorm';
import { type Migration, nameOf } from './migration';

interface Connected {
  who: string;
  count: number;
}

/**
 * Throws where a step changes what a lifecycle service has to write, while one is connected: two rules must not run
 * together. A lifecycle service that waits for the schema is connected by another name.
 */
export async function demandNoWriters(
  runner: QueryRunner,
  migrations: readonly Migration[],
  foldsTexts: boolean,
): Promise<void> {
  const [breaking] = [
    ...migrations.filter(({ compatibleFrom }) => compatibleFrom !== undefined).map(nameOf),
    ...(foldsTexts ? ['the folding of texts'] : []),
  ];
  if (breaking === undefined) return;
  const connected = (await runner.query(WRITERS)) as Connected[];
  if (connected.length === 0) return;
  const who = connected.map(({ who: name, count }) => `${name} (${count} connections)`).join(', ');
  throw new Error(
    `${breaking} changes what session-lifecycle has to write: stop it first. Connected: ${who}. Nothing was done`,
  );
}

const WRITERS = `
  SELECT application_name || coalesce(' at ' || host(client_addr), '') AS who, count(*)::int AS count
  FROM pg_stat_activity
  WHERE datname = current_database() AND application_name IN ('session-lifecycle', 'session-lifecycle counts')
  GROUP BY 1 ORDER BY 1`;
