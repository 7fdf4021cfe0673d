import type { Page } from 'playwright-core';

/** An event of Chromium's trace; times in microseconds. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  /** Of the thread alone: what it computed, without what it waited for the machine. */
  tdur?: number;
  args?: { name?: string };
}

/** Of one task of the page's main thread, in ms: a frame is drawn between two of them, so none can be faster. */
interface Task {
  wallMs: number;
  cpuMs: number;
}

/** How long the page's main thread was busy at a stretch. */
export class FrameTrace {
  constructor(private readonly tasks: readonly Task[]) {}

  get longestCpuMs(): number {
    return Math.max(0, ...this.tasks.map(({ cpuMs }) => cpuMs));
  }

  /** For a person: the longest, and how many are over the goal. */
  text(goalMs: number): string {
    const of = (one: keyof Task) => {
      const times = this.tasks.map((task) => task[one]).sort((a, b) => b - a);
      const p99 = times[Math.floor(times.length / 100)] ?? 0;
      const over = times.filter((time) => time > goalMs).length;
      return `longest ${(times[0] ?? 0).toFixed(1)} ms, p99 ${p99.toFixed(2)} ms, ${over} over ${goalMs} ms`;
    };
    return `${this.tasks.length} tasks; by the clock ${of('wallMs')}; computing ${of('cpuMs')}`;
  }
}

/** What the browser's own trace says of a page's frames while something is done. */
export async function traceFrames(page: Page, act: () => Promise<void>): Promise<FrameTrace> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser');
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'],
  });
  await act();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  return new FrameTrace(tasksOf(traceEvents));
}

function tasksOf(events: readonly TraceEvent[]): Task[] {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args?.name === 'CrRendererMain';
  const main = new Set(events.filter(isMain).map(threadOf));
  return events
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && main.has(threadOf(event)))
    .map(({ dur = 0, tdur = dur }) => ({ wallMs: dur / 1000, cpuMs: tdur / 1000 }));
}
