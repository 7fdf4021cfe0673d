import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';
import type { Listed, LoadCount, LoadOrder } from './load.main';

/** More than a server on one core can answer. */
const MOST_PROCESSES = 4;

/** Who asks, in processes of their own on all cores but the contestant's. */
export class Load {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** Targets that are asked once are dealt out, and so are the connections. */
  static start(order: LoadOrder): Load {
    const processes = Math.min(availableParallelism(), MOST_PROCESSES, order.connections);
    const children = Array.from({ length: processes }, () =>
      fork(join(repositoryRoot(), 'dist', 'bench', 'rest', 'load.main.js'), { stdio: 'inherit' }),
    );
    for (const [index, child] of children.entries()) child.send(shareOf(order, index, processes));
    return new Load(children);
  }

  /** Throws when an answer was wrong. */
  async count(): Promise<LoadCount> {
    const counts = await this.ask<LoadCount>('count');
    const wrong = counts.find((count) => count.wrong !== null)?.wrong ?? null;
    if (wrong !== null) throw new Error(`a wrong answer: ${wrong}`);
    const sum = (of: 'answers' | 'bytes') => counts.reduce((all, count) => all + count[of], 0);
    return { answers: sum('answers'), bytes: sum('bytes'), wrong, isDone: counts.every(({ isDone }) => isDone) };
  }

  async listed(): Promise<Listed> {
    return (await this.ask<Listed>('listed')).flat();
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null) return;
        const ended = once(child, 'exit');
        child.disconnect();
        await ended;
      }),
    );
  }

  private ask<T>(what: 'count' | 'listed'): Promise<T[]> {
    return Promise.all(
      this.children.map(async (child) => {
        const answered = once(child, 'message');
        child.send(what);
        const [answer] = (await answered) as [T];
        return answer;
      }),
    );
  }
}

function shareOf(order: LoadOrder, index: number, processes: number): LoadOrder {
  const connections = Math.ceil((order.connections - index) / processes);
  if (order.ask === 'again') return { ...order, connections };
  return { ...order, connections, targets: order.targets.filter((_, at) => at % processes === index) };
}
