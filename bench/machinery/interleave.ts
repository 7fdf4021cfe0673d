import type { Contestant, Course, Measured } from './course';
import type { Runs } from './result';

/** Runs everybody once, then everybody again: what slows the machine for a while slows all of them. */
export async function interleave(
  { ours, against }: Pick<Course, 'ours' | 'against'>,
  rounds: number,
  onRun: (contestant: string, round: number, measured: Measured) => void,
): Promise<Runs> {
  const contestants: [string, Contestant][] = [
    ['ours', ours],
    ...against.map((peer) => [peer.name, peer] as const),
  ].map(([name, one]) => [name, one] as [string, Contestant]);
  const runs = new Map<string, Measured[]>(contestants.map(([name]) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, contestant] of contestants) {
      const measured = await contestant.run();
      runs.get(name)?.push(measured);
      onRun(name, round, measured);
    }
  }
  return runs;
}
