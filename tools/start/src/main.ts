import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { migrateDatabase } from '#tools/migrate';
import { RunFile, Server, type Stack, givenServers, repositoryRoot, startStack } from '#tools/stack';
import { Progress } from '#tools/terminal';
import { type Addresses, envFile, readyText } from './addresses';
import { type StartFlags, USAGE, readCommand } from './flags';
import { keptAdminKey, keptCallerKey } from './kept-key';
import { writePrivate } from './private-file';
import { Running } from './running';
import { services } from './services';
import { elapsed, tell } from './steps';

/** A migration that took less is not worth a line. */
const SAID_FROM_MS = 1000;

async function start(flags: StartFlags): Promise<void> {
  const directory = resolve(repositoryRoot(), flags.dataDir);
  const logs = join(directory, 'logs');
  const runFile = new RunFile(join(directory, 'run.json'));
  const running = new Running(runFile, [join(directory, 'stack.json'), join(directory, 'env')]);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void running.stop().then(() => process.exit(0)));
  }
  try {
    const orphans = await runFile.endOrphans();
    if (orphans.length > 0) tell(`ended what an earlier start left behind: ${orphans.join(', ')}`);
    if (flags.fresh) empty(directory);
    mkdirSync(logs, { recursive: true });
    await startAll(flags, directory, logs, running);
  } catch (error) {
    // What was still starting is stopped with the others, and says so as an error here.
    if (running.isStopping) return running.stop();
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await running.stop();
    process.exit(1);
  }
}

async function startAll(flags: StartFlags, directory: string, logs: string, running: Running): Promise<void> {
  const stack = await startStack({
    directory,
    given: givenServers(),
    onStep: tell,
    onStarting: (server) => running.begin(server),
    onStarted: (server) => {
      running.watch(server);
      tell(`${server.name} is up`);
    },
  });
  const ran = await migrateDatabase(stack.postgresUrl, {
    progress: new Progress({ write: (text) => tell(text.trimEnd()) }),
    fromMs: SAID_FROM_MS,
  });
  tell(`the schema is ready${ran.length > 0 ? ` (${ran.length} migrations run)` : ''}`);
  const adminKey = keptAdminKey(join(directory, 'admin-key'));
  const key = await keptCallerKey(join(directory, 'key'), stack.postgresUrl);
  const { urls, operationsUrls, servers } = await services(stack, logs, adminKey);
  await Promise.all(
    servers.map(async (server) => {
      await running.start(server);
      tell(`${server.name} is ready`);
    }),
  );
  if (flags.simulator) {
    const server = simulator(flags, stack, logs);
    await running.start(server);
    tell(`the simulated platform is on: ${flags.sessions} sessions, ${flags.rate} events a second`);
  }
  const addresses = { urls, operationsUrls, brokers: stack.kafkaBrokers, key };
  const env = join(directory, 'env');
  writePrivate(join(directory, 'stack.json'), stackFile(stack, addresses, adminKey, running.servers));
  writePrivate(env, envFile(addresses));
  process.stdout.write(`\n${readyText(addresses, shortPath(env), elapsed())}\n`);
}

/** All data but what was fetched from registries. */
function empty(directory: string): void {
  for (const name of ['kafka', 'postgres', 'redis', 'logs', 'run.json', 'stack.json', 'env', 'key']) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
  tell('all data emptied');
}

function simulator({ sessions, rate, seed }: StartFlags, stack: Stack, logs: string): Server {
  const script = join(repositoryRoot(), 'dist', 'tools', 'simulator', 'src', 'main.js');
  const flags = { brokers: stack.kafkaBrokers, 'topic-prefix': 'marquee', sessions, rate, seed };
  return new Server({
    name: 'simulator',
    command: process.execPath,
    args: [script, ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])],
    env: { PATH: process.env['PATH'] },
    logFile: join(logs, 'simulator.log'),
    stopWithinMs: 3000,
    isUp: async (log) => log().includes('on air:'),
  });
}

function stackFile(stack: Stack, addresses: Addresses, adminKey: string, servers: Server[]): string {
  const { urls, operationsUrls, brokers } = addresses;
  const content = {
    kafka_brokers: brokers.split(','),
    postgres_url: stack.postgresUrl,
    redis_url: stack.redisUrl,
    query_url: urls.query,
    gateway_url: urls.gateway,
    lifecycle_url: urls.lifecycle,
    operations_urls: operationsUrls,
    admin_key: adminKey,
    pids: Object.fromEntries(servers.map(({ name, pid }) => [name, pid])),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The path from here, where that is below here. */
function shortPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

async function main(): Promise<void> {
  const flags = readCommand(process.argv.slice(2));
  if (flags === 'help') process.stdout.write(USAGE);
  else await start(flags);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nnpm start -- --help tells the flags\n`,
  );
  process.exitCode = 1;
});
