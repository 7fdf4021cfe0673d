import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePython } from '../python';
import { FOREIGN_CACHE, lacking, outputOf } from '../toolchain';

/** A program in another language that sends sessions; gives what it wrote: the versions of its libraries. */
export interface ForeignProgram {
  send: (args: readonly [brokers: string, topic: string, sessions: string]) => Promise<string>;
  remove: () => void;
}

export interface ForeignProducer {
  /** The libraries and their versions, as they are pinned. */
  name: string;
  /** Why it cannot run here, else null. */
  lacks: string | null;
  /** Fetches its libraries, the first time from a registry. */
  make: () => Promise<ForeignProgram>;
}

const temporary = () => mkdtempSync(join(tmpdir(), 'marquee-foreign-'));
const removing = (directory: string) => () => rmSync(directory, { recursive: true, force: true });

/** librdkafka under Python's SDK of CloudEvents. */
export const python: ForeignProducer = {
  name: 'Python: cloudevents 2.2.0, confluent-kafka 2.16.1 (librdkafka)',
  lacks: lacking(['python3', '-c', 'import venv, ensurepip']),
  async make() {
    const made = await makePython(join(__dirname, 'requirements.txt'));
    if (typeof made === 'string') throw new Error(made);
    return { send: (args) => made.run(join(__dirname, 'produce.py'), args), remove: () => made.remove() };
  },
};

/** Apache's own client under Java's SDK of CloudEvents. */
export const java: ForeignProducer = {
  name: 'Java: cloudevents-kafka 4.0.1, kafka-clients 4.1.0',
  lacks: lacking(['java', '--version'], ['mvn', '--version']),
  async make() {
    const directory = temporary();
    const list = join(directory, 'classpath');
    const pom = join(__dirname, 'java', 'pom.xml');
    const repository = `-Dmaven.repo.local=${join(FOREIGN_CACHE, 'maven')}`;
    const goal = 'dependency:build-classpath';
    await outputOf('mvn', ['--quiet', '--batch-mode', '--file', pom, repository, goal, `-Dmdep.outputFile=${list}`]);
    const classpath = readFileSync(list, 'utf8');
    const program = join(__dirname, 'java', 'Produce.java');
    return { send: (args) => outputOf('java', ['-cp', classpath, program, ...args]), remove: removing(directory) };
  },
};
