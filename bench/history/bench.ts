import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { median } from '../machinery/summary';
import type { GivenRecord } from '../rest/given-record';
import { AskedRecord } from './asked-record';
import { givenHistory } from './given-history';
import { QUESTIONS } from './questions';

const PAST = 10_000_000;
const SMALL_PAST = 100_000;
const SMALL = 'the same over 100 000 past';
const MEDIAN = 'ms/question, median';
const REFUSED = 'questions refused';
const SCANNED = 'sequential scans';

const msOf = (question: string) => `ms/${question}`;

export const bench: Bench = {
  about: 'every supported list, search and walk over 10 000 000 past sessions with 100 000 live ones: time per page',
  prepare: async (arena, { scale }) => {
    const small = await givenHistory(arena, SMALL_PAST);
    const large = await givenHistory(arena, Math.round(PAST * scale));
    let ofSmall: Measured = {};
    const ofLarge = async () => {
      const [figures, others] = await inTurn(arena, large, small);
      ofSmall = others;
      return figures;
    };
    return {
      ours: { name: 'ours', run: ofLarge },
      against: [{ name: SMALL, run: async () => ofSmall }],
      targets: [
        ...QUESTIONS.map(({ name }) => ({ name, metric: msOf(name), against: SMALL, bound: { atMost: 2 } })),
        { name: REFUSED, metric: REFUSED, bound: { atMost: 0 } },
        { name: SCANNED, metric: SCANNED, bound: { atMost: 0 } },
      ],
      headline: MEDIAN,
      close: async () => {
        await large.close();
        await small.close();
      },
    };
  },
};

/** Asks each question of the one, then of the other: what slows the machine for a while slows both. */
export async function inTurn(arena: Arena, large: GivenRecord, small: GivenRecord): Promise<[Measured, Measured]> {
  const records = [await AskedRecord.of(arena, large), await AskedRecord.of(arena, small)] as const;
  const times: [Measured, Measured] = [{}, {}];
  const refused = [0, 0];
  for (const question of QUESTIONS) {
    for (const [at, record] of records.entries()) {
      const took = await record.ask(question);
      Object.assign(times[at] ?? {}, { [msOf(question.name)]: took.ms });
      refused[at] = (refused[at] ?? 0) + took.refused.length;
      if (took.refused.length > 0) arena.say(`${question.name}: ${took.refused.length} times ${took.refused[0]}`);
    }
  }
  const figures = async (at: 0 | 1): Promise<Measured> => ({
    [MEDIAN]: median(Object.values(times[at])),
    [REFUSED]: refused[at] ?? 0,
    ...times[at],
    ...(await records[at].afterwards(SCANNED)),
  });
  return [await figures(0), await figures(1)];
}
