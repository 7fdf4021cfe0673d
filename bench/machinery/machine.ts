import { availableParallelism, cpus, totalmem } from 'node:os';

/** What it was measured on, in one line. */
export function machineText(isPinned: boolean): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const memory = Math.round(totalmem() / 1024 ** 3);
  const pinned = isPinned ? 'contestant on a core of its own' : 'not pinned';
  return `${cpus().length || availableParallelism()} × ${model}, ${memory} GB, Node ${process.versions.node}, ${pinned}`;
}
