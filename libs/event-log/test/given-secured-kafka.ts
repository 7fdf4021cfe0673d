import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KafkaServer, fetchArtifacts, kafka } from '#tools/stack';

const run = promisify(execFile);

export interface SecuredKafka {
  brokers: string[];
  /** PEM of the only authority that knows it. */
  ca: string;
  user: { username: string; password: string };
  close(): Promise<void>;
}

/** A broker with an encrypted listener and one user, by PLAIN and by SCRAM. */
export async function givenSecuredKafka(): Promise<SecuredKafka> {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-secured-'));
  const user = { username: 'studio', password: 'open-sesame' };
  const keystore = { file: join(directory, 'server.p12'), password: 'changeit' };
  const ca = await certify(keystore);
  const artifacts = await fetchArtifacts();
  const plainUsers = { [user.username]: user.password };
  const broker = await kafka({ directory, artifacts, secured: { keystore, plainUsers } });
  const close = async () => {
    await broker.server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await broker.server.start();
    await addScramUser(artifacts.classPath, broker, user);
  } catch (error) {
    await close();
    throw error;
  }
  return { brokers: [broker.secured ?? ''], ca, user, close };
}

/** Gives the certificate as PEM. */
async function certify({ file, password }: { file: string; password: string }): Promise<string> {
  const store = ['-keystore', file, '-storetype', 'PKCS12', '-storepass', password, '-alias', 'server'];
  const key = ['-keyalg', 'RSA', '-keysize', '2048', '-validity', '2'];
  await run('keytool', ['-genkeypair', ...store, ...key, '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1']);
  const certificate = `${file}.pem`;
  await run('keytool', ['-exportcert', '-rfc', ...store, '-file', certificate]);
  return readFileSync(certificate, 'utf8');
}

async function addScramUser(
  classPath: string[],
  { brokers }: KafkaServer,
  { username, password }: SecuredKafka['user'],
): Promise<void> {
  const entity = ['--entity-type', 'users', '--entity-name', username];
  // The broker takes one credential of a user at a time.
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    const change = ['--bootstrap-server', brokers, '--alter', '--add-config', `${mechanism}=[password=${password}]`];
    await run('java', ['-cp', classPath.join(':'), 'kafka.admin.ConfigCommand', ...change, ...entity]);
  }
}
