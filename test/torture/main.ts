import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USAGE, readFlags } from './flags';
import { isGreen, reportText } from './report';
import { torture } from './torture';

async function main(): Promise<void> {
  let flags: ReturnType<typeof readFlags>;
  try {
    flags = readFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  if (flags === 'help') return void process.stdout.write(`${USAGE}\n`);
  const directory = mkdtempSync(join(tmpdir(), 'marquee-torture-'));
  const since = Date.now();
  const tell = (line: string) =>
    process.stdout.write(`${((Date.now() - since) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
  try {
    const report = await torture({ flags, directory, tell, interrupted: interrupted() });
    if (flags.report) writeFileSync(flags.report, `${JSON.stringify(report, null, 2)}\n`);
    tell('the end');
    process.stdout.write(`\n${reportText(report)}`);
    process.exitCode = isGreen(report) ? 0 : 1;
  } finally {
    if (flags.keep) process.stdout.write(`kept: ${directory}\n`);
    else rmSync(directory, { recursive: true, force: true });
  }
}

/** Rejects when somebody ends the run: then what it has started is stopped first. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
  });
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  })
  // What was asked of servers that are gone may wait for an answer for ever.
  .finally(() => process.stdout.write('', () => process.exit()));
