import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrateDatabase } from '#tools/migrate';
import { RunFile, Server, type Stack, givenServers, repositoryRoot, startStack } from '#tools/stack';
import { Progress } from '#tools/terminal';
import { type StartFlags, USAGE, readFlags } from './flags';
import { keptKey } from './kept-key';
import { type Services, services } from './services';
import { elapsed, tell } from './steps';

/** A migration that took less is not worth a line. */
const SAID_FROM_MS = 1000;

/** Everything that runs, to be stopped in the opposite order. */
class Running {
  readonly servers: Server[] = [];
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly runFile: RunFile,
    private readonly stackFile: string,
  ) {}

  /** Counts a server as started: from here on its unexpected end ends everything. */
  add(server: Server): void {
    this.servers.push(server);
    if (server.pid !== undefined) this.runFile.add(server.name, server.pid);
    server.onUnexpectedExit((code) => {
      tell(`${server.name} ended with ${code ?? 'a signal'}; its last lines:\n${server.lastLogLines()}`);
      void this.stop().then(() => process.exit(1));
    });
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    rmSync(this.stackFile, { force: true });
    const named = (names: string[]) => this.servers.filter(({ name }) => names.includes(name));
    const stages = [
      ['simulator'],
      ['session-query', 'session-gateway', 'session-lifecycle'],
      ['kafka', 'postgres', 'redis'],
    ];
    for (const names of stages) {
      const stage = named(names);
      if (stage.length === 0) continue;
      tell(`stopping ${stage.map(({ name }) => name).join(', ')}`);
      await Promise.all(stage.map((server) => server.stop()));
    }
    this.runFile.remove();
  }
}

async function start(flags: StartFlags): Promise<void> {
  const directory = resolve(repositoryRoot(), flags.dataDir);
  const logs = join(directory, 'logs');
  const runFile = new RunFile(join(directory, 'run.json'));
  const running = new Running(runFile, join(directory, 'stack.json'));
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
    onStarted: (server) => {
      running.add(server);
      tell(`${server.name} is up`);
    },
  });
  const ran = await migrateDatabase(stack.postgresUrl, {
    progress: new Progress({ write: (text) => tell(text.trimEnd()) }),
    fromMs: SAID_FROM_MS,
  });
  tell(`the schema is ready${ran.length > 0 ? ` (${ran.length} migrations run)` : ''}`);
  const apiKey = await keptKey(directory, stack.postgresUrl);
  const { urls, operationsUrls, servers } = await services(stack, logs, apiKey);
  await Promise.all(
    servers.map(async (server) => {
      await server.start();
      running.add(server);
      tell(`${server.name} is ready`);
    }),
  );
  if (flags.simulator) {
    const server = simulator(flags, stack, logs);
    await server.start();
    running.add(server);
    tell(`the simulated platform is on: ${flags.sessions} sessions, ${flags.rate} events a second`);
  }
  writeStackFile(join(directory, 'stack.json'), stack, { urls, operationsUrls }, apiKey, running.servers);
  tell(welcome(urls, operationsUrls, apiKey));
}

/** All data but what was fetched from registries. */
function empty(directory: string): void {
  for (const name of ['kafka', 'postgres', 'redis', 'logs', 'run.json', 'stack.json']) {
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

function writeStackFile(
  file: string,
  stack: Stack,
  { urls, operationsUrls }: Pick<Services, 'urls' | 'operationsUrls'>,
  apiKey: string,
  servers: Server[],
): void {
  const content = {
    kafka_brokers: stack.kafkaBrokers.split(','),
    postgres_url: stack.postgresUrl,
    redis_url: stack.redisUrl,
    query_url: urls.query,
    gateway_url: urls.gateway,
    lifecycle_url: urls.lifecycle,
    operations_urls: operationsUrls,
    api_key: apiKey,
    pids: Object.fromEntries(servers.map(({ name, pid }) => [name, pid])),
  };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

function welcome({ query, gateway }: Services['urls'], operations: Services['operationsUrls'], apiKey: string): string {
  return `everything is up

  the board      ${query}/
  REST           ${query}/sessions
  Socket.IO      ${gateway}
  operations     ${operations.query}  ${operations.gateway}  ${operations.lifecycle}   (/health/ready, /metrics)
  API key        ${apiKey}

  try:
    curl -s '${query}/sessions/live?limit=3&sort=viewer_count'
    curl -s -H 'X-API-Key: ${apiKey}' '${query}/sessions?status=scheduled&limit=1'
    curl -s '${query}/sessions?limit=1000'          (says what is wrong with it)

  Ctrl-C stops all of it. (${elapsed()} s)`;
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags === 'help') process.stdout.write(USAGE);
  else await start(flags);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nnpm start -- --help tells the flags\n`,
  );
  process.exitCode = 1;
});
