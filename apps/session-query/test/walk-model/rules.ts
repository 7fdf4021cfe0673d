import { type ListQuery, listQuery, listSort, sessionStatus, sortOrder } from '#libs/contracts';
import fc from 'fast-check';
import { type Bugs, Walker } from './walker';
import { type Act, World } from './world';

const QUIET = ['count', 'title', 'go-on-air', 'end', 'plan', 'change-past', 'revive', 'start', 'pass'] as const;
const LOUD = ['flush', 'cut', 'mend'] as const;

function acts(names: readonly Act['do'][]): fc.Arbitrary<Act[]> {
  const act = fc.record({ do: fc.constantFrom(...names), n: fc.nat(30), value: fc.nat(9) });
  return fc.array(act, { maxLength: 60 });
}

const query: fc.Arbitrary<ListQuery> = fc
  .record({
    sort: fc.constantFrom(undefined, ...listSort.options),
    order: fc.constantFrom(...sortOrder.options),
    status: fc.constantFrom(undefined, 'live', 'live,scheduled', 'live,ended', 'ended,expired'),
    q: fc.constantFrom(undefined, 'title'),
  })
  .map(({ sort, order, status, q }) =>
    listQuery.parse({ order, ...(sort && { sort }), ...(status && { status }), ...(q && { q }) }),
  );

const given = {
  query,
  statuses: fc.array(fc.constantFrom(...sessionStatus.options), { minLength: 1, maxLength: 24 }),
  limits: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
  repeats: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
};

/** What is past changes as well; all of it is frozen. */
const everythingMoves = fc.record({
  ...given,
  acts: acts(QUIET),
  pastMoves: fc.constant(true),
  pastFrozen: fc.constant(100),
});

/** There is more past than is frozen; what is past stays as it is. */
const longPast = fc.record({
  ...given,
  acts: acts(QUIET),
  pastMoves: fc.constant(false),
  pastFrozen: fc.integer({ min: 1, max: 4 }),
});

/** Redis is cut, and emptied. */
const redisFails = fc.record({
  ...given,
  acts: acts([...QUIET, ...LOUD]),
  pastMoves: fc.constant(false),
  pastFrozen: fc.integer({ min: 1, max: 4 }),
});

export const COURSES = { everythingMoves, longPast, redisFails };

type Course = typeof everythingMoves extends fc.Arbitrary<infer T> ? T : never;

/** Throws where a session is given twice, or one is missing that was there from the first page to the last. */
export async function keepsTheRules(course: Course, bugs: Bugs = {}): Promise<void> {
  const world = new World(course.statuses, course.pastMoves);
  const walker = new Walker(world, course.query, [...course.acts], course.pastFrozen, bugs);
  await walker.walk(course.limits, course.repeats);
  const { given: ids, throughout, isExpired } = walker;
  if (new Set(ids).size !== ids.length) throw new Error(`given twice: ${ids.join(' ')}`);
  // Who is told that the walk has expired knows that something is missing.
  const missing = [...throughout].filter((id) => !ids.includes(id));
  if (!isExpired && missing.length > 0) throw new Error(`missing: ${missing.join(' ')}`);
  if (isExpired && world.flushes === 0) throw new Error('expired, though nothing was emptied');
}

/** By the course and the bug, the first failure; undefined: none is found. */
export async function failureOf(name: keyof typeof COURSES, bugs: Bugs, numRuns: number, seed?: number) {
  const property = fc.asyncProperty(COURSES[name], (course) => keepsTheRules(course as Course, bugs));
  const details = await fc.check(property, { numRuns, ...(seed !== undefined && { seed }), endOnFailure: true });
  return details.failed ? fc.defaultReportMessage(details) : undefined;
}
