import { readConfig } from '#libs/service-host';
import { lifecycleConfig } from './config';
import { prepare } from './preparation/prepare-stack';

/** Migrates and creates topics once, and ends: for those who want it done before anything starts. */
async function main(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await prepare(readConfig(lifecycleConfig)))}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
