import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../../test/given/eventually';
import { repositoryRoot } from '#tools/stack';
import type { CrowdCount, CrowdOrder } from './crowd.main';

const JOIN_PATIENCE_MS = 120_000;

/**
 * Clients that only count what they get, in processes of their own beside the contestant's core: raw sockets, so that
 * they are never what is measured.
 */
export class Crowd {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** Resolves when all have what they asked for. */
  static async join(order: CrowdOrder, processes = 2): Promise<Crowd> {
    const children = Array.from({ length: processes }, () =>
      fork(join(repositoryRoot(), 'dist', 'bench', 'push', 'crowd.main.js'), { stdio: 'inherit' }),
    );
    const crowd = new Crowd(children);
    const share = { clients: Math.ceil(order.clients / processes), perSecond: order.perSecond / processes };
    for (const child of children) child.send({ ...order, ...share });
    await eventually(
      'all have joined',
      async () => {
        const { ready, lost } = await crowd.count();
        if (lost > 0) throw new Error(`${lost} were not let in`);
        if (ready < share.clients * processes) throw new Error(`${ready} have joined`);
        return true;
      },
      JOIN_PATIENCE_MS,
    ).catch(async (error: unknown) => {
      await crowd.leave();
      throw error;
    });
    return crowd;
  }

  async count(): Promise<CrowdCount> {
    const counts = await Promise.all(
      this.children.map(async (child) => {
        const answered = once(child, 'message');
        child.send('count');
        const [count] = (await answered) as [CrowdCount];
        return count;
      }),
    );
    const sum = (of: keyof CrowdCount) => counts.reduce((all, count) => all + count[of], 0);
    return {
      ready: sum('ready'),
      lost: sum('lost'),
      messages: sum('messages'),
      bytes: sum('bytes'),
      rowsOfOne: sum('rowsOfOne'),
      messagesOfOne: sum('messagesOfOne'),
    };
  }

  async leave(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null) return;
        const ended = once(child, 'exit');
        child.disconnect();
        await ended;
      }),
    );
  }
}
