import type { Bench } from '../machinery/course';
import { givenRecord } from '../rest/given-record';
import { FLOOR, RepeatedQuestion } from '../rest/repeated-question';
import { CPU } from '../rest/under-load';

const SESSIONS = 20_000;

export const bench: Bench = {
  about: 'the same by clients who hold the answer already: CPU per 304',
  prepare: async (arena, { scale }) => {
    const record = await givenRecord(arena, { sessions: Math.max(200, Math.round(SESSIONS * scale)), liveOneIn: 2 });
    const question = new RepeatedQuestion(arena, record, true);
    return {
      ours: question.ours,
      against: [question.floor],
      headline: CPU,
      targets: [{ name: 'CPU per request, to node:http', metric: CPU, against: FLOOR, bound: { atMost: 1.15 } }],
      close: record.close,
    };
  },
};
