import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';
import { eventually } from '../../test/given/eventually';
import type { ListenersOrder, ListenersReport } from './listeners.main';

const JOIN_PATIENCE_MS = 120_000;

/** Listeners in a process of their own, beside the contestant's core. */
export class Listeners {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when all are in. */
  static async join(order: ListenersOrder): Promise<Listeners> {
    const script = join(repositoryRoot(), 'dist', 'bench', 'waiting', 'listeners.main.js');
    const listeners = new Listeners(fork(script, { stdio: 'inherit' }));
    listeners.child.send(order);
    const areIn = async () => {
      const { ready, lost, why } = await listeners.report();
      if (lost > 0) throw new Error(`${lost} were lost, the last by: ${why}`);
      return ready === order.clients;
    };
    await eventually('all listeners are in', areIn, JOIN_PATIENCE_MS).catch(async (error: unknown) => {
      await listeners.leave();
      throw error;
    });
    return listeners;
  }

  async report(): Promise<ListenersReport> {
    const reported = once(this.child, 'message');
    this.child.send('report');
    const [report] = (await reported) as [ListenersReport];
    return report;
  }

  async leave(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
