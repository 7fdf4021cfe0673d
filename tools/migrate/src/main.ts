import { meantDatabaseUrl } from '#tools/stack';
import { Progress, runCommand } from '#tools/terminal';
import { readPartitionMinutes } from './config';
import { type Command, USAGE, readCommand } from './flags';
import { migrateDatabase, plannedMigrations } from './migrate-database';
import { doneText } from './texts';

async function run(command: Command): Promise<string> {
  if (command.name === 'help') return USAGE;
  const url = meantDatabaseUrl();
  if (command.name === 'dry-run') return plannedMigrations(url);
  const startedAt = performance.now();
  const ran = await migrateDatabase(url, { progress: new Progress(), fromMs: 0 }, readPartitionMinutes());
  return doneText(ran, performance.now() - startedAt);
}

void runCommand({ read: readCommand, usage: USAGE, run });
