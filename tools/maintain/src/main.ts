import { allThatLeaves, createDataSource, demandSchema } from '#libs/session-store';
import { meantDatabaseUrl } from '#tools/stack';
import { runCommand } from '#tools/terminal';
import { readPolicy } from './config';
import { type Command, USAGE, readCommand } from './flags';
import { showPlan, takeAwayNow } from './run';

/** What it has to say it says while it goes on. */
async function run(command: Command): Promise<string> {
  if (command.name === 'help') return USAGE;
  const { name, json } = command;
  const leaving = allThatLeaves(readPolicy());
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const source = createDataSource({ url: meantDatabaseUrl(), name: 'maintain', poolSize: 2 });
  await source.initialize();
  try {
    await demandSchema(source, { writes: true });
    const all = { source, leaving, json, signal: ending.signal, write: (text: string) => process.stdout.write(text) };
    if (name === 'dry-run') await showPlan(all);
    else if (!(await takeAwayNow(all))) process.exitCode = 1;
    return '';
  } finally {
    await source.destroy();
  }
}

void runCommand({ read: readCommand, usage: USAGE, run });
