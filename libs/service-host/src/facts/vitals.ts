import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessFacts } from '#libs/contracts';

type Vital = Pick<ProcessFacts, 'memory' | 'cpu' | 'loop_lag'>;

const RESOLUTION_MS = 10;
const toMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

/** How the process itself is, since it was looked at before. */
export class Vitals {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private cpu = process.cpuUsage();
  private at = performance.now();

  constructor() {
    this.delay.enable();
  }

  look(): Vital {
    const { rss, heapUsed, external } = process.memoryUsage();
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    const cpu = (user + system) / 1000 / Math.max(1, now - this.at);
    // The timer's own interval is in what it measures; NaN: it was not measured yet.
    const [p99, max] = [this.delay.percentile(99), this.delay.max].map((one) => (Number.isFinite(one) ? toMs(one) : 0));
    this.cpu = process.cpuUsage();
    this.at = now;
    this.delay.reset();
    const rounded = (value = 0) => Math.round(value * 10) / 10;
    return {
      memory: { rss, heap_used: heapUsed, external },
      cpu: Math.round(cpu * 1000) / 1000,
      loop_lag: { p99_ms: rounded(p99), max_ms: rounded(max) },
    };
  }

  stop(): void {
    this.delay.disable();
  }
}
