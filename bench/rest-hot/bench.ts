import type { Bench, Contestant } from '../machinery/course';
import { givenPeer } from '../push/given-peer';
import { execute, givenRecord } from '../rest/given-record';
import { FLOOR, RepeatedQuestion } from '../rest/repeated-question';
import { CPU, RATE } from '../rest/under-load';
import { USUAL_TABLES } from './usual-tables';

const SESSIONS = 20_000;
const USUAL = 'the usual way';

export const bench: Bench = {
  about: 'GET /sessions?limit=10 of 20 000 sessions, half of them live: CPU per request, requests/s',
  prepare: async (arena, { scale }) => {
    const record = await givenRecord(arena, { sessions: Math.max(200, Math.round(SESSIONS * scale)), liveOneIn: 2 });
    await execute(record.databaseUrl, USUAL_TABLES);
    const question = new RepeatedQuestion(arena, record, false);
    const usual: Contestant = {
      name: USUAL,
      run: async () => {
        const env = { DATABASE_URL: record.databaseUrl };
        return question.askedOf(await givenPeer(arena, 'rest-hot/peers/usual-way/main.js', env));
      },
    };
    return {
      ours: question.ours,
      against: [question.floor, usual],
      headline: CPU,
      targets: [
        { name: 'CPU per request, to node:http', metric: CPU, against: FLOOR, bound: { atMost: 1.15 } },
        { name: 'requests/s, to the usual way', metric: RATE, against: USUAL, bound: { atLeast: 20 } },
      ],
      close: record.close,
    };
  },
};
