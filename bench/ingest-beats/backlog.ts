import { givenEvent, idOf } from '../ingest/given-events';
import type { GivenEvent } from '../ingest/topic-log';

const LEASE_SECONDS = 60;
/** Three beats in a lease. */
const EVERY_MS = 20_000;

/** Live sessions with a lease, each in a room of its own, which have beaten again and again until now. */
export class Beats {
  private readonly subjects: string[];
  readonly startedMs: number;

  constructor(
    readonly sessions: number,
    /** Beats of each session in the backlog. */
    private readonly perSession: number,
    nowMs: number,
  ) {
    this.subjects = Array.from({ length: sessions }, (_, index) => idOf(`session${index + 1}`));
    this.startedMs = nowMs - (perSession + 2) * EVERY_MS;
  }

  /** Each has started and has beaten once: the first beat says that there will be more, which is no plain beat. */
  *before(): Generator<GivenEvent> {
    for (const [index, subject] of this.subjects.entries()) {
      const n = index + 1;
      const data = { room_id: idOf(`room${n}`), title: `Session ${n}`, mode: 'rtmp', lease_seconds: LEASE_SECONDS };
      yield givenEvent('session.started.v1', n, subject, this.beatMs(index, 0), data);
    }
    yield* this.step(1);
  }

  /** All beats of all sessions in the order of time. */
  *backlog(): Generator<GivenEvent> {
    for (let step = 2; step <= this.perSession + 1; step++) yield* this.step(step);
  }

  /** The sum of the times of the last beats, epoch ms. */
  sumOfLast(): bigint {
    const last = this.subjects.map((_, index) => BigInt(this.beatMs(index, this.perSession + 1)));
    return last.reduce((sum, one) => sum + one, 0n);
  }

  /** One beat of each. */
  private *step(step: number): Generator<GivenEvent> {
    for (const [index, subject] of this.subjects.entries()) {
      const n = step * this.sessions + index;
      yield givenEvent('session.heartbeat.v1', n, subject, this.beatMs(index, step));
    }
  }

  /** The beats of a step are spread evenly; step 0 is the start. */
  private beatMs(index: number, step: number): number {
    return this.startedMs + step * EVERY_MS + Math.floor((index / this.sessions) * EVERY_MS);
  }
}
