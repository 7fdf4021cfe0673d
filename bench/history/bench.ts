import { ApiKeys, createDataSource } from '#libs/session-store';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { median } from '../machinery/summary';
import { givenQuery } from '../rest/given-query';
import type { GivenRecord } from '../rest/given-record';
import { ask } from './asked';
import { givenHistory } from './given-history';
import { Plans } from './plans';
import { QUESTIONS } from './questions';
import { scansOf, sizesOf } from './tables';

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
    return {
      ours: { name: 'ours', run: () => measured(arena, large) },
      against: [{ name: SMALL, run: () => measured(arena, small) }],
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

/** Asks every question of the query service, then explains each. */
export async function measured(arena: Arena, record: GivenRecord): Promise<Measured> {
  const { databaseUrl: url } = record;
  const source = await createDataSource({ url, name: 'bench' }).initialize();
  const key = await new ApiKeys(source).create({ name: 'bench', scopes: ['sessions:private'], sources: null });
  const figures: Measured = {};
  const scansBefore = await scansOf(source);
  const server = await givenQuery(arena, record);
  let refused = 0;
  try {
    for (const question of QUESTIONS) {
      const took = await ask(server.url, key.text, question);
      figures[msOf(question.name)] = took.ms;
      refused += took.refused.length;
      if (took.refused.length > 0) arena.say(`${question.name}: ${took.refused.length} times ${took.refused[0]}`);
    }
  } finally {
    await server.process.stop();
  }
  const scans = (await scansOf(source)) - scansBefore;
  const sizes = await sizesOf(source);
  await source.destroy();
  const times = Object.values(figures);
  return {
    [MEDIAN]: median(times),
    [REFUSED]: refused,
    [SCANNED]: scans,
    ...figures,
    ...(await blocks(url)),
    ...sizes,
  };
}

async function blocks(url: string): Promise<Measured> {
  const plans = await Plans.of(url);
  const figures: Measured = {};
  try {
    for (const question of QUESTIONS) {
      const planned = await plans.explain(question);
      if (planned) figures[`blocks/${question.name}`] = planned.blocks;
    }
  } finally {
    await plans.close();
  }
  return figures;
}
