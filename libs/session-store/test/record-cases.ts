import type { SessionFact } from '#libs/session';
import fc from 'fast-check';
import { at, facts } from '../../session/test/any-facts';

/** Of the sessions of `facts`; one of them has a partition of its own. */
export const PARTITIONS: Record<string, number> = { s1: 0, s2: 1, s3: 1 };

export type Step = { kind: 'slice'; events: SessionFact[]; again: boolean } | { kind: 'look'; watermark: number };

/** Any events in any order, in slices of their partitions; some sent twice, some slices delivered twice; looks between. */
export const cases: fc.Arbitrary<{ steps: Step[]; last: number }> = fc
  .tuple(facts, fc.infiniteStream(fc.nat()), fc.array(at, { minLength: 1, maxLength: 4 }))
  .map(([list, picks, watermarks]) => {
    const pick = () => picks.next().value;
    const distinct = list.map((fact, n) => ({ ...fact, id: `${fact.id}-${n}` }));
    const sent = [...distinct, ...distinct.filter(() => pick() % 4 === 0)].sort(() => (pick() % 2 === 0 ? 1 : -1));
    const steps: Step[] = [];
    for (const partition of [0, 1]) {
      let events: SessionFact[] = [];
      for (const fact of sent.filter(({ subject }) => PARTITIONS[subject] === partition)) {
        events.push(fact);
        if (pick() % 3 !== 0) continue;
        steps.splice(pick() % (steps.length + 1), 0, { kind: 'slice', events, again: pick() % 4 === 0 });
        events = [];
      }
      if (events.length > 0) steps.push({ kind: 'slice', events, again: pick() % 4 === 0 });
    }
    const last = Math.max(...watermarks);
    for (const watermark of watermarks) steps.splice(pick() % (steps.length + 1), 0, { kind: 'look', watermark });
    return { steps: [...steps, { kind: 'look', watermark: last }], last };
  });
