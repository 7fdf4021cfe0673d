import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryRoot } from './root';

const run = promisify(execFile);
const compose = (...args: string[]) => run('docker', ['compose', ...args], { cwd: repositoryRoot() });

/** The three servers of docker-compose.yml, by a Docker engine; their data is in its volumes. */
export async function startCompose() {
  await compose('up', '-d', '--wait', 'kafka', 'postgres', 'redis');
  return {
    kafkaBrokers: '127.0.0.1:9092',
    postgresUrl: 'postgres://marquee:marquee@127.0.0.1:5432/marquee',
    redisUrl: 'redis://127.0.0.1:6379',
    stop: async () => void (await compose('stop', 'kafka', 'postgres', 'redis')),
  };
}
