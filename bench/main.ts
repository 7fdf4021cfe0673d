import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { repositoryRoot } from '#tools/stack';
import { type Arena, openArena } from './machinery/arena';
import type { Measured } from './machinery/course';
import { benchNames, loadBench } from './machinery/discover';
import { type Flags, USAGE, readFlags } from './machinery/flags';
import { interleave } from './machinery/interleave';
import { machineText } from './machinery/machine';
import { type BenchResult, resultOf } from './machinery/result';
import { tableOf } from './machinery/table';

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const names = benchNames();
  const flags = readFlags(process.argv.slice(2), names);
  if (flags.help) return void say(USAGE);
  if (flags.list) {
    for (const name of names) say(`${name.padEnd(20)} ${(await loadBench(name)).about}`);
    return;
  }
  for (const name of flags.names) await measure(name, flags);
}

/** Each bench has servers of its own: none inherits what another filled. */
async function measure(name: string, flags: Flags): Promise<void> {
  const { hasOwnServers = false } = await loadBench(name);
  const opening = openArena(say, { profiles: flags.profile, startsServers: !hasOwnServers });
  const ended = () => void opening.then((arena) => arena.close()).finally(() => process.exit(1));
  process.once('SIGINT', ended).once('SIGTERM', ended);
  try {
    await measureIn(await opening, name, flags);
  } finally {
    process.off('SIGINT', ended).off('SIGTERM', ended);
  }
}

async function measureIn(arena: Arena, name: string, flags: Flags): Promise<void> {
  try {
    const result = await run(name, flags, arena);
    say(`\n${tableOf(result)}`);
    if (flags.scale === 1 && flags.profile === undefined) write(result);
  } finally {
    await arena.close();
  }
}

async function run(name: string, { runs, scale }: Flags, arena: Arena): Promise<BenchResult> {
  const bench = await loadBench(name);
  const course = await bench.prepare(arena, { scale });
  try {
    const measured = await interleave(course, runs, (contestant, round, figures) =>
      say(`${name} ${round}/${runs} ${contestant}: ${textOf(figures)}`),
    );
    const about = { name, date: new Date().toISOString(), machine: machineText(arena.isPinned), runs, scale };
    return resultOf(about, course, measured);
  } finally {
    await course.close();
  }
}

function textOf(figures: Measured): string {
  return Object.entries(figures)
    .map(([metric, value]) => `${Number(value.toPrecision(4))} ${metric}`)
    .join(', ');
}

function write(result: BenchResult): void {
  const folder = join(repositoryRoot(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${inspect(error)}\n`);
  // What a bench that failed half-way has opened would keep the process alive.
  process.exit(1);
});
