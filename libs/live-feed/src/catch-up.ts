import { type Position, isBefore } from '#libs/contracts';
import { SharedAfter } from './shared-after';

/** How long a caller waits for the log to come by; then what is held is given, and said to be stale. */
const LIMIT_MS = 500;

interface Waiting {
  until: Position;
  reached: () => void;
}

/** Waits until what is held contains all that the projection held at the call. Callers of one moment share a question to Redis. */
export class CatchUp {
  private position: Position | undefined;
  private waiting: Waiting[] = [];
  private readonly shared = new SharedAfter(async () => (await this.reachHead()) && this.isFollowing());

  /** `head`: asks Redis where the projection is. `isFollowing`: whether its log comes by. */
  constructor(
    private readonly head: () => Promise<Position>,
    private readonly isFollowing: () => boolean,
  ) {}

  /** What is held contains everything up to `position`. */
  passed(position: Position): void {
    this.position = position;
    if (this.waiting.length === 0) return;
    const { waiting } = this;
    this.waiting = waiting.filter(({ until }) => isBefore(position, until));
    for (const { until, reached } of waiting) if (!isBefore(position, until)) reached();
  }

  /** False when it cannot be known, or takes too long. */
  ask(): Promise<boolean> {
    return this.shared.ask();
  }

  private async reachHead(): Promise<boolean> {
    try {
      const until = await this.head();
      return this.position && !isBefore(this.position, until) ? true : await this.reach(until);
    } catch {
      return false;
    }
  }

  private reach(until: Position): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((one) => one !== waiting);
        resolve(false);
      }, LIMIT_MS);
      const reached = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const waiting = { until, reached };
      this.waiting.push(waiting);
    });
  }
}
