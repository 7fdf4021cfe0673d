import { type MigrateNews, PARTITION_MINUTES, createDataSource, migrate, migrationPlan } from '#libs/session-store';
import { Progress } from '#tools/terminal';
import { newsText, planText, seconds } from './texts';

/** A step may take as long as it takes: hours, of a large table. */
const ANSWER_WITHIN_MS = 86_400_000;
const SHOW_EVERY_MS = 200;

/** What `npm run migrate -- --dry-run` prints. */
export async function plannedMigrations(databaseUrl: string): Promise<string> {
  const source = createDataSource({ url: databaseUrl, name: 'migrate --dry-run', poolSize: 1 });
  await source.initialize();
  try {
    return planText(await migrationPlan(source));
  } finally {
    await source.destroy();
  }
}

export interface Shown {
  progress: Progress;
  /** Steps that took less are not said. */
  fromMs: number;
}

/**
 * Migrates a database, and shows how far it is. Gives the names of the migrations that were run. `partitionMinutes`: how wide
 * the partitions of viewer history are.
 */
export async function migrateDatabase(
  databaseUrl: string,
  shown?: Shown,
  partitionMinutes = PARTITION_MINUTES,
): Promise<string[]> {
  const source = createDataSource({ url: databaseUrl, name: 'migrate', poolSize: 3, answerWithinMs: ANSWER_WITHIN_MS });
  await source.initialize();
  let running: { step: string; since: number } | undefined;
  const timer = setInterval(() => {
    if (running) shown?.progress.show(`${running.step}: ${seconds(performance.now() - running.since)} so far`);
  }, SHOW_EVERY_MS);
  try {
    const tell = (news: MigrateNews) => {
      if (news.kind === 'begins') running = { step: news.step, since: performance.now() };
      if (news.kind === 'done') running = undefined;
      if (news.kind === 'done' && news.tookMs < (shown?.fromMs ?? 0)) return;
      const text = newsText(news);
      if (text !== null) shown?.progress.say(text);
    };
    return await migrate(source, { tell, partitionMinutes });
  } finally {
    clearInterval(timer);
    shown?.progress.clear();
    await source.destroy();
  }
}
