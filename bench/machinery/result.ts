import { z } from 'zod';
import type { Course, Measured } from './course';
import { medians, ratioOf } from './summary';

const measured = z.record(z.string(), z.number());

/** `bench/results/NAME.json`. `ours` and `value` are medians of the headline metric. */
export const benchResult = z.object({
  name: z.string(),
  date: z.iso.datetime(),
  machine: z.string(),
  /** Of each contestant, interleaved. */
  runs: z.int().positive(),
  scale: z.number().positive(),
  metric: z.string(),
  ours: z.number(),
  against: z.array(z.object({ name: z.string(), value: z.number() })),
  ratios: z.array(z.object({ name: z.string(), value: z.number().nullable(), target: z.string(), met: z.boolean() })),
  /** Every metric of every run, by contestant. */
  measured: z.record(z.string(), z.array(measured)),
});

export type BenchResult = z.output<typeof benchResult>;

/** What was measured, by contestant; ours is `ours`. */
export type Runs = ReadonlyMap<string, readonly Measured[]>;

type About = Pick<BenchResult, 'name' | 'date' | 'machine' | 'runs' | 'scale'>;

/** Holds what was measured against the targets. Throws when a contestant did not give the headline metric. */
export function resultOf(about: About, course: Pick<Course, 'targets' | 'headline'>, runs: Runs): BenchResult {
  const of = new Map([...runs].map(([name, some]) => [name, medians(some)]));
  const { headline: metric, targets } = course;
  const value = (name: string) => of.get(name)?.[metric];
  return benchResult.parse({
    ...about,
    metric,
    ours: value('ours'),
    against: [...of.keys()].filter((name) => name !== 'ours').map((name) => ({ name, value: value(name) })),
    ratios: targets.map((target) => ratioOf(target, of)),
    measured: Object.fromEntries(runs),
  });
}
