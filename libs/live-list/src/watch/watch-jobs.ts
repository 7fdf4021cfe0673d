import type { WatchSender } from './watch-sender';
import type { WatchedSession } from './watched-session';
import type { Watcher } from './watcher';

/** Watchers that are to be sent something, in slices. */
interface Job<L> {
  rest: Iterator<Watcher<L>>;
  /** Only those who lack its last change; undefined: all of them, and with a heartbeat. */
  session: WatchedSession | undefined;
}

/** Which watchers are to be sent something, in the order in which it became due; `pump` sends it in slices. */
export class WatchJobs<L> {
  private readonly jobs: Job<L>[] = [];

  /** `watchers`: those who watch still; the others are passed over. */
  constructor(
    private readonly watchers: ReadonlyMap<L, Watcher<L>>,
    private readonly sender: WatchSender<L>,
  ) {}

  /** All who watch the session are to be sent its last change. */
  ofChange(session: WatchedSession): void {
    this.jobs.push({ rest: (session.watchers as Set<Watcher<L>>).values(), session });
  }

  /** These are to be sent all that they lack, and a heartbeat. */
  withHeartbeat(rest: Iterator<Watcher<L>>): void {
    this.jobs.push({ rest, session: undefined });
  }

  get isMore(): boolean {
    return this.jobs.length > 0;
  }

  /** Sends to at most `max` watchers; to how many. */
  pump(max: number, now: number): number {
    let left = max;
    while (left > 0) {
      const [job] = this.jobs;
      if (!job) break;
      const batch = this.nextBatch(job, left);
      left -= batch.length;
      if (batch.length === 0) this.jobs.shift();
      else if (job.session) this.sender.deliver(batch, now);
      else this.sender.deliverWithHeartbeat(batch, now);
    }
    return max - left;
  }

  private nextBatch({ rest, session }: Job<L>, max: number): Watcher<L>[] {
    const batch: Watcher<L>[] = [];
    while (batch.length < max) {
      const { value, done } = rest.next();
      if (done) break;
      if (this.watchers.get(value.listener) !== value) continue;
      if (!session || value.lacks(session)) batch.push(value);
    }
    return batch;
  }
}
