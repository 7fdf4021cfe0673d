import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scope } from '#libs/contracts';
import { ApiKeys, createDataSource } from '#libs/session-store';

/**
 * The key of this directory, of every scope: the same at every start, and a new one where the database does not know the
 * one that was kept.
 */
export async function keptKey(directory: string, postgresUrl: string): Promise<string> {
  const file = join(directory, 'api-key');
  const source = createDataSource({ url: postgresUrl, name: 'start', poolSize: 1 });
  await source.initialize();
  try {
    const keys = new ApiKeys(source);
    const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (await keys.find(kept)) return kept;
    const { text } = await keys.create({ name: 'npm start', scopes: [...scope.options], sources: null });
    writeFileSync(file, text, { mode: 0o600 });
    return text;
  } finally {
    await source.destroy();
  }
}
