import { randomUUID } from 'node:crypto';
import { givenEvent } from '../ingest/given-events';
import type { IngestGround } from '../ingest/ground';
import type { RunningLifecycle } from '../ingest/marquee';
import type { GivenEvent } from '../ingest/topic-log';
import type { Measured } from '../machinery/course';
import { median } from '../machinery/summary';

/** The first heartbeat says that there will be more; the next one says nothing new. */
const STEPS = ['start', 'first heartbeat', 'heartbeat', 'end'] as const;
type Step = (typeof STEPS)[number];

const PATIENCE_MS = 60_000;

export const CPU = 'CPU µs/event, with Postgres';
export const msOf = (step: Step): string => `ms/${step}`;
export const STEP_METRICS = STEPS.map(msOf);

/** Sends events one at a time: the next one when the one before is in Postgres and Redis. */
export class Turns {
  /** Events are numbered apart from those of the past: equal numbers would be equal ids. */
  private sent = 1_000_000;

  /** `taken`: how many events of the topic the service has taken before. */
  private constructor(
    private readonly ground: IngestGround,
    private readonly running: RunningLifecycle,
    private taken: number,
  ) {}

  static async of(ground: IngestGround, running: RunningLifecycle): Promise<Turns> {
    return new Turns(ground, running, await ground.committed());
  }

  /** So many sessions of a room, each with its start, two heartbeats and its end. */
  async take(room: string, sessions: number): Promise<Measured> {
    const times = new Map<Step, number[]>(STEPS.map((step) => [step, []]));
    const cpuBefore = this.cpuSeconds();
    for (let n = 0; n < sessions; n++) {
      const session = randomUUID();
      for (const step of STEPS) times.get(step)?.push(await this.step(step, session, room));
    }
    const cpu = ((this.cpuSeconds() - cpuBefore) * 1e6) / (sessions * STEPS.length);
    return { ...Object.fromEntries(STEPS.map((step) => [msOf(step), median(times.get(step) ?? [])])), [CPU]: cpu };
  }

  /** Milliseconds until it is taken. */
  private async step(step: Step, session: string, room: string): Promise<number> {
    const { ground } = this;
    const event = this.event(step, session, room);
    const began = performance.now();
    await ground.send([event]);
    this.taken += 1;
    while ((await ground.committed()) < this.taken) {
      if (performance.now() - began < PATIENCE_MS) continue;
      this.running.process.cpuSeconds();
      throw new Error(`a ${step} is not taken within ${PATIENCE_MS} ms`);
    }
    return performance.now() - began;
  }

  private event(step: Step, session: string, room: string): GivenEvent {
    const [n, nowMs] = [this.sent++, Date.now()];
    switch (step) {
      case 'start': {
        const data = { room_id: room, title: `Session ${n}`, mode: 'rtmp', lease_seconds: 60 };
        return givenEvent('session.started.v1', n, session, nowMs, data);
      }
      case 'end':
        return givenEvent('session.ended.v1', n, session, nowMs, { reason: 'finished' });
      default:
        return givenEvent('session.heartbeat.v1', n, session, nowMs);
    }
  }

  private cpuSeconds(): number {
    return this.running.process.cpuSeconds() + (this.ground.arena.serverCpuSeconds().get('postgres') ?? 0);
  }
}
