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
 * nor its joining of the group is in it. A small backlog that is applied in one go is measured from the last look before.
 */
export async function drain(options: DrainOptions): Promise<Measured> {
  const { before, reached: first } = await reach(1, options);
  if (first.events >= options.until) return ratesOf(before, first);
  return ratesOf(first, (await reach(options.until, options)).reached);
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

/** The first look that sees so many events applied, and the one before it. */
async function reach(count: number, options: DrainOptions): Promise<{ before: Sample; reached: Sample }> {
  let before = await look(options);
  let lastProgress = before;
  for (;;) {
    const now = await look(options);
    if (now.events >= count) return { before, reached: now };
    if (now.events !== lastProgress.events) lastProgress = now;
    if (now.atMs - lastProgress.atMs > STANDSTILL_MS)
      throw new Error(`it stands still at ${now.events} of ${count} events`);
    before = now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Throws when the process has ended. */
async function look({ progress, cpuSeconds, serverCpuSeconds }: DrainOptions): Promise<Sample> {
  const events = await progress();
  return { events, atMs: performance.now(), cpuSeconds: cpuSeconds(), servers: serverCpuSeconds() };
}
