import { runningMarquee } from '#tools/stack';
import { AdminClient } from './admin-client';
import { type Call, USAGE, readCall } from './flags';
import { run } from './run';

async function main(): Promise<void> {
  let call: Call;
  try {
    call = readCall(process.argv.slice(2), Date.now());
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const { command, json } = call;
  process.stdout.write(command.name === 'help' ? USAGE : await run(command, clientOf(call), json));
}

function clientOf({ url, key }: Call): AdminClient {
  const running = runningMarquee();
  const { LIFECYCLE_URL, ADMIN_KEY } = process.env;
  const meant = { url: url ?? LIFECYCLE_URL ?? running?.lifecycle_url, key: key ?? ADMIN_KEY ?? running?.api_key };
  if (!meant.url) throw new Error('no service is named: set LIFECYCLE_URL or --url, or start Marquee with npm start');
  if (!meant.key) throw new Error('no key is given: set ADMIN_KEY or --key, or start Marquee with npm start');
  return new AdminClient(meant.url, meant.key);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
