import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifacts } from './artifacts';
import { keptPort } from './port';
import { Server } from './server';

export interface KafkaOptions {
  directory: string;
  artifacts: Artifacts;
  /** A second listener for fault tests: clients that come by it are sent to this port (a proxy's) from then on. */
  advertisedProxyPort?: number;
  /** One more listener, encrypted, and only for known users. */
  secured?: SecuredListener;
  /** Beside the path. */
  env?: NodeJS.ProcessEnv;
}

export interface SecuredListener {
  /** PKCS12, with the server's key and certificate. */
  keystore: { file: string; password: string };
  /** Passwords by name, for the mechanism PLAIN; those of SCRAM are kept by the broker. */
  plainUsers: Record<string, string>;
}

export interface KafkaServer {
  server: Server;
  /** `host:port` of the direct listener. */
  brokers: string;
  /** `host:port` that a proxy has to connect to; null without `advertisedProxyPort`. */
  behindProxy: string | null;
  /** `host:port` of the secured listener; null without it. */
  secured: string | null;
}

/** A real broker of one node (KRaft), not yet started. Its ports and data stay with the directory. */
export async function kafka(options: KafkaOptions): Promise<KafkaServer> {
  const { directory, artifacts, advertisedProxyPort, secured, env } = options;
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  const port = await keptPort(directory, 'broker');
  const controllerPort = await keptPort(directory, 'controller');
  const proxiedPort = advertisedProxyPort === undefined ? null : await keptPort(directory, 'proxied');
  const securedPort = secured === undefined ? null : await keptPort(directory, 'secured');
  const meta = join(data, 'meta.properties');
  if (!existsSync(meta))
    writeFileSync(meta, `version=1\ncluster.id=${randomBytes(16).toString('base64url')}\nnode.id=1\n`);

  const listeners = [`PLAINTEXT://127.0.0.1:${port}`];
  const advertised = [...listeners];
  if (proxiedPort !== null) {
    listeners.push(`PROXIED://127.0.0.1:${proxiedPort}`);
    advertised.push(`PROXIED://127.0.0.1:${advertisedProxyPort}`);
  }
  if (securedPort !== null) {
    listeners.push(`SECURED://127.0.0.1:${securedPort}`);
    advertised.push(`SECURED://127.0.0.1:${securedPort}`);
  }
  const properties = join(directory, 'server.properties');
  const ofSecured = secured ? securedProperties(secured) : {};
  writeFileSync(properties, serverProperties({ data, controllerPort, listeners, advertised }, ofSecured));

  const server = new Server({
    name: 'kafka',
    command: 'java',
    args: [...jvmFlags(directory), '-cp', artifacts.classPath.join(':'), 'kafka.Kafka', properties],
    env: { PATH: process.env['PATH'], ...env },
    logFile: join(directory, 'kafka.log'),
    startWithinMs: 60_000,
    stopWithinMs: 8000,
    isUp: async (log) => log().includes('Kafka Server started'),
  });
  return {
    server,
    brokers: `127.0.0.1:${port}`,
    behindProxy: proxiedPort === null ? null : `127.0.0.1:${proxiedPort}`,
    secured: securedPort === null ? null : `127.0.0.1:${securedPort}`,
  };
}

/** The class-data archive is written by the first clean exit and halves every later start. */
function jvmFlags(directory: string): string[] {
  const archive = join(directory, 'classes.jsa');
  return [
    '-Xms128m',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    existsSync(archive) ? `-XX:SharedArchiveFile=${archive}` : `-XX:ArchiveClassesAtExit=${archive}`,
    '-Xlog:cds=off',
    '-Xlog:cds+dynamic=off',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
  ];
}

interface Properties {
  data: string;
  controllerPort: number;
  listeners: string[];
  advertised: string[];
}

function securedProperties({ keystore, plainUsers }: SecuredListener): Record<string, string> {
  const of = (name: string) => `listener.name.secured.${name}`;
  const users = Object.entries(plainUsers).map(([name, password]) => ` user_${name}="${password}"`);
  const module = 'org.apache.kafka.common.security';
  return {
    [of('sasl.enabled.mechanisms')]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [of('plain.sasl.jaas.config')]: `${module}.plain.PlainLoginModule required${users.join('')};`,
    [of('scram-sha-256.sasl.jaas.config')]: `${module}.scram.ScramLoginModule required;`,
    [of('scram-sha-512.sasl.jaas.config')]: `${module}.scram.ScramLoginModule required;`,
    [of('ssl.keystore.type')]: 'PKCS12',
    [of('ssl.keystore.location')]: keystore.file,
    [of('ssl.keystore.password')]: keystore.password,
  };
}

function serverProperties(
  { data, controllerPort, listeners, advertised }: Properties,
  more: Record<string, string>,
): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': advertised.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,SECURED:SASL_SSL',
    'log.dirs': data,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': false,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'num.network.threads': 2,
    'num.io.threads': 2,
    ...more,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
