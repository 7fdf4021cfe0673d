import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Server, accepts, freePort } from '#tools/stack';

const run = promisify(execFile);
const PLACES = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin'];

/** HAProxy in front of some gateways, each new connection to the next one that is ready. */
export class Balancer {
  private constructor(
    private readonly server: Server,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /** Installs HAProxy with apt where that can be done. Throws where there is none. */
  static async before(ports: readonly number[]): Promise<Balancer> {
    const command = await haproxy();
    const directory = mkdtempSync(join(tmpdir(), 'marquee-balancer-'));
    const port = await freePort();
    const file = join(directory, 'haproxy.cfg');
    writeFileSync(file, configuration(port, ports));
    const server = new Server({
      name: 'haproxy',
      command,
      args: ['-db', '-f', file],
      env: {},
      logFile: join(directory, 'haproxy.log'),
      isUp: () => accepts(port),
    });
    await server.start();
    return new Balancer(server, directory, `http://127.0.0.1:${port}`);
  }

  async close(): Promise<void> {
    await this.server.stop('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function haproxy(): Promise<string> {
  const found = () => PLACES.map((place) => join(place, 'haproxy')).find((file) => existsSync(file));
  const isDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!found() && isDebian) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'haproxy'], { env });
  }
  const command = found();
  if (!command) throw new Error('there is no haproxy on this machine: install it (apt-get install haproxy)');
  return command;
}

/** What the README tells people who run several gateways. */
function configuration(port: number, ports: readonly number[]): string {
  const servers = ports.map((one, index) => `  server gateway${index + 1} 127.0.0.1:${one} check`);
  return `defaults
  mode tcp
  maxconn 20000
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  retries 3
  option redispatch
listen gateways
  bind 127.0.0.1:${port}
  balance roundrobin
  option httpchk GET /health/ready
  default-server inter 200ms fall 2 rise 1 observe layer4 error-limit 3 on-error mark-down
${servers.join('\n')}
`;
}
