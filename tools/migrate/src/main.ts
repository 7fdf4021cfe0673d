import { meantDatabaseUrl } from '#tools/stack';
import { Progress } from '#tools/terminal';
import { type Command, USAGE, readCommand } from './flags';
import { migrateDatabase, plannedMigrations } from './migrate-database';
import { doneText } from './texts';

async function run(command: Command): Promise<string> {
  if (command.name === 'help') return USAGE;
  const url = meantDatabaseUrl();
  if (command.name === 'dry-run') return plannedMigrations(url);
  const startedAt = performance.now();
  return doneText(await migrateDatabase(url, { progress: new Progress(), fromMs: 0 }), performance.now() - startedAt);
}

async function main(): Promise<void> {
  let command: Command;
  try {
    command = readCommand(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(await run(command));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
