import type { Measured } from '../machinery/course';

export interface DrainOptions {
  /** How many events have been applied for good. */
  progress: () => Promise<number>;
  /** How many there are, or after how many it is enough. */
  until: number;
  /** CPU seconds so far: of the contestant, and of servers by name. */
  cpuSeconds: () => number;
  serverCpuSeconds: () => Map<string, number>;
}

const LOOK_EVERY_MS = 20;
const STANDSTILL_MS = 60_000;

interface Sample {
  events: number;
  atMs: number;
  cpuSeconds: number;
  servers: Map<string, number>;
}

/**
 * Watches a backlog being consumed, from the first events that are applied to the last: neither the start of a process
 * nor its joining of the group is in it.
 */
export async function drain(options: DrainOptions): Promise<Measured> {
  const begin = await reach(1, options);
  return ratesOf(begin, await reach(options.until, options));
}

function ratesOf(begin: Sample, end: Sample): Measured {
  const events = end.events - begin.events;
  const perEvent = (seconds: number) => (seconds * 1e6) / events;
  return {
    'events/s': events / ((end.atMs - begin.atMs) / 1000),
    'CPU µs/event': perEvent(end.cpuSeconds - begin.cpuSeconds),
    ...Object.fromEntries(
      [...end.servers].map(([name, cpu]) => [
        `CPU µs/event of ${name}`,
        perEvent(cpu - (begin.servers.get(name) ?? NaN)),
      ]),
    ),
  };
}

async function reach(count: number, { progress, cpuSeconds, serverCpuSeconds }: DrainOptions): Promise<Sample> {
  let [last, lastAt] = [-1, performance.now()];
  for (;;) {
    const events = await progress();
    const atMs = performance.now();
    if (events >= count) return { events, atMs, cpuSeconds: cpuSeconds(), servers: serverCpuSeconds() };
    if (events !== last) [last, lastAt] = [events, atMs];
    // Reading it throws when the process has ended.
    if (atMs - lastAt > STANDSTILL_MS) throw new Error(`it stands still at ${events} of ${count} events`);
    cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
