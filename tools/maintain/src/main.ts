import { allThatLeaves, createDataSource } from '#libs/session-store';
import { meantDatabaseUrl } from '#tools/stack';
import { readPolicy } from './config';
import { type Command, USAGE, readCommand } from './flags';
import { showPlan, takeAwayNow } from './run';

async function main(): Promise<void> {
  let command: Command;
  try {
    command = readCommand(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (command.name === 'help') process.stdout.write(USAGE);
  else await maintain(command);
}

async function maintain({ name, json }: Exclude<Command, { name: 'help' }>): Promise<void> {
  const leaving = allThatLeaves(readPolicy());
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const source = createDataSource({ url: meantDatabaseUrl(), name: 'maintain', poolSize: 2 });
  await source.initialize();
  try {
    const run = { source, leaving, json, signal: ending.signal, write: (text: string) => process.stdout.write(text) };
    if (name === 'dry-run') await showPlan(run);
    else if (!(await takeAwayNow(run))) process.exitCode = 1;
  } finally {
    await source.destroy();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: string };
  if (code === '42P01')
    return 'this database has not the newest schema: start session-lifecycle of this version on it first';
  return error.message || code || error.name;
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
