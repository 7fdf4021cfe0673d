import { runningMarquee } from '#tools/stack';
import { runCommand } from '#tools/terminal';
import { AdminClient } from './admin-client';
import { type Call, USAGE, readCommand } from './flags';
import { run } from './run';

function clientOf({ url, key }: Call): AdminClient {
  const running = runningMarquee();
  const { LIFECYCLE_URL, ADMIN_KEY } = process.env;
  const meant = { url: url ?? LIFECYCLE_URL ?? running?.lifecycle_url, key: key ?? ADMIN_KEY ?? running?.admin_key };
  if (!meant.url) throw new Error('no service is named: set LIFECYCLE_URL or --url, or start Marquee with npm start');
  if (!meant.key) throw new Error('no key is given: set ADMIN_KEY or --key, or start Marquee with npm start');
  return new AdminClient(meant.url, meant.key);
}

void runCommand({
  read: (args) => readCommand(args, Date.now()),
  usage: USAGE,
  run: async (call) => (call.command.name === 'help' ? USAGE : run(call.command, clientOf(call), call.json)),
});
