import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, givenServers, startStack } from '../../tools/stack/src';

export interface RunningStack {
  stack: Stack;
  directory: string;
}

declare global {
  // One stack for all projects of a run: jest calls this once per project that names it.
  var marqueeTestStack: RunningStack | undefined;
}

/** Gives tests real servers in KAFKA_BROKERS, DATABASE_URL and REDIS_URL: the ones given, or new ones. */
export default async function stackUp(): Promise<void> {
  if (globalThis.marqueeTestStack) return;
  const directory = mkdtempSync(join(tmpdir(), 'marquee-test-'));
  chmodSync(directory, 0o755);
  const stack = await startStack({
    directory,
    given: givenServers(),
    onStep: (text) => process.stderr.write(`${text}\n`),
  });
  globalThis.marqueeTestStack = { stack, directory };
  process.env['KAFKA_BROKERS'] = stack.kafkaBrokers;
  process.env['DATABASE_URL'] = stack.postgresUrl;
  process.env['REDIS_URL'] = stack.redisUrl;
}
