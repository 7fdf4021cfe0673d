import type { ConnectionState, ConnectionStatus } from './connection-status';
import type { Report } from './debug';
import { callOut } from './uncaught';

/** What a connection is now, and who is told of it. */
export class StatusWatchers {
  private readonly watchers = new Set<(status: ConnectionStatus) => void>();

  constructor(
    public status: ConnectionStatus,
    private readonly report: Report | undefined,
  ) {}

  /** Calls back with every new state, and with the present one at once. Gives what ends that. */
  onState(watcher: (state: ConnectionState) => void): () => void {
    let told: ConnectionState | undefined;
    return this.onStatus(({ state }) => {
      if (state === told) return;
      told = state;
      watcher(state);
    });
  }

  /** As `onState`, also with every new trouble and every new moment at which it tries again. */
  onStatus(watcher: (status: ConnectionStatus) => void): () => void {
    const own = (status: ConnectionStatus) => watcher(status);
    this.watchers.add(own);
    const { status } = this;
    callOut(() => own(status));
    return () => {
      this.watchers.delete(own);
    };
  }

  /** A watcher may close the connection, or end another watcher: then the others hear of the newer status only. */
  become(status: ConnectionStatus): void {
    if (this.status.state === 'closed') return;
    this.status = status;
    this.report?.({ type: 'status', status });
    const watchers = [...this.watchers];
    for (const watcher of watchers) {
      if (this.status === status && this.watchers.has(watcher)) callOut(() => watcher(status));
    }
  }
}
