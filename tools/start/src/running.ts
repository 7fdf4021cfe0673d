import { rmSync } from 'node:fs';
import type { RunFile, Server } from '#tools/stack';
import { tell } from './steps';

/** Which stop side by side, in this order. */
const STAGES = [
  ['simulator'],
  ['session-query', 'session-gateway', 'session-lifecycle'],
  ['kafka', 'postgres', 'redis'],
];

/** Everything that runs or is about to, to be stopped in the opposite order. */
export class Running {
  readonly servers: Server[] = [];
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly runFile: RunFile,
    /** What is true only while it runs. */
    private readonly files: readonly string[],
  ) {}

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  async start(server: Server): Promise<void> {
    this.begin(server);
    await server.start();
    this.watch(server);
  }

  /** Before a server is started: from here on it is stopped with the others. Throws when they are stopping already. */
  begin(server: Server): void {
    if (this.isStopping) throw new Error(`${server.name} is not started, for all is being stopped`);
    this.servers.push(server);
    server.onSpawned((pid) => this.runFile.add(server.name, pid));
  }

  /** Once a server is up: from here on its unexpected end ends everything. */
  watch(server: Server): void {
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
    for (const file of this.files) rmSync(file, { force: true });
    for (const names of STAGES) {
      const stage = this.servers.filter(({ name }) => names.includes(name));
      if (stage.length === 0) continue;
      tell(`stopping ${stage.map(({ name }) => name).join(', ')}`);
      await Promise.all(stage.map((server) => server.stop()));
    }
    this.runFile.remove();
  }
}
