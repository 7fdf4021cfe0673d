import { readConfig } from '#libs/service-host';
import { createDataSource } from '#libs/session-store';
import { lifecycleConfig } from './config';
import { prepare } from './prepare-stack';

/** Migrates and creates topics once, and ends: for those who want it done before anything starts. */
async function main(): Promise<void> {
  const config = readConfig(lifecycleConfig);
  const source = createDataSource({ url: config.DATABASE_URL, name: 'prepare' });
  try {
    process.stdout.write(`${JSON.stringify(await prepare(source, config))}\n`);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
