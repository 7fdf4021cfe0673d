import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { scope } from '#libs/contracts';
import { ApiKeys, createDataSource } from '#libs/session-store';
import { writePrivate } from './private-file';

/** The operator's key, the same at every start: it reads all, and opens /admin. */
export function keptAdminKey(file: string): string {
  return kept(file) ?? write(file, randomBytes(24).toString('base64url'));
}

/** A caller's key with every scope, so that it may send events and operate: the same at every start while the record knows it. */
export async function keptCallerKey(file: string, postgresUrl: string): Promise<string> {
  const source = createDataSource({ url: postgresUrl, name: 'start', poolSize: 1 });
  await source.initialize();
  try {
    const keys = new ApiKeys(source);
    const text = kept(file);
    if (text !== undefined && (await keys.find(text))) return text;
    const made = await keys.create({ name: 'npm start', scopes: scope.options, sources: null });
    return write(file, made.text);
  } finally {
    await source.destroy();
  }
}

function kept(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim() || undefined;
}

function write(file: string, key: string): string {
  writePrivate(file, key);
  return key;
}
