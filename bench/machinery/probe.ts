/** What a process uses after a garbage collection, bytes. */
export interface ProbedMemory {
  /** Objects, and what they hold outside of the heap. */
  used: number;
  rss: number;
}

// Required into a process that is measured (`--expose-gc --require`): answers when it is asked.
if (process.send) {
  process.on('message', (message) => {
    if (message !== 'memory') return;
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const memory: ProbedMemory = { used: heapUsed + external, rss };
    process.send?.(memory);
  });
  process.channel?.unref();
}
