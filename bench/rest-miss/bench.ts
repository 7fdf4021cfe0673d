import type { Bench, Contestant, Measured } from '../machinery/course';
import { givenPeer } from '../push/given-peer';
import { type GivenServer, givenQuery } from '../rest/given-query';
import { givenRecord } from '../rest/given-record';
import { CPU_OF_POSTGRES, CPU_OF_QUERY, TIME, onceThrough } from '../rest/once-through';
import { questions } from './questions';

const SESSIONS = 100_000;
const LIVE_ONE_IN = 10;
const QUESTIONS = 1200;
const WARM_UP = 240;
const CONNECTIONS = 8;
const BARE = 'bare SQL';

export const bench: Bench = {
  about: 'questions over 100 000 sessions that nobody has asked before, filters and deep pages: time per query',
  prepare: async (arena, { scale }) => {
    const sessions = Math.max(2000, Math.round(SESSIONS * scale));
    const record = await givenRecord(arena, { sessions, liveOneIn: LIVE_ONE_IN });
    const ground = { sessions, live: sessions / LIVE_ONE_IN, nowMs: Date.now() };
    const warmUp = questions(WARM_UP, 0, ground);
    const targets = questions(QUESTIONS, WARM_UP, ground);
    let expected: ReadonlyMap<string, string> | undefined;

    const asked = async (server: GivenServer): Promise<Measured> => {
      try {
        await onceThrough(server, { targets: warmUp, connections: CONNECTIONS }, arena);
        const { measured, listed } = await onceThrough(server, { targets, connections: CONNECTIONS }, arena);
        expected ??= new Map(listed);
        for (const [target, list] of listed) {
          if (list !== expected.get(target)) throw new Error(`${target}: ${list}, but ${expected.get(target)}`);
        }
        return measured;
      } finally {
        await server.process.stop();
      }
    };
    const bare: Contestant = {
      name: BARE,
      run: async () => {
        const env = { DATABASE_URL: record.databaseUrl };
        return asked(await givenPeer(arena, 'rest-miss/peers/bare-sql/main.js', env));
      },
    };
    return {
      ours: { name: 'ours', run: async () => asked(await givenQuery(arena, record)) },
      against: [bare],
      headline: TIME,
      targets: [
        { name: 'time per query, to bare SQL', metric: TIME, against: BARE, bound: { atMost: 1.3 } },
        { name: 'CPU per query, to bare SQL', metric: CPU_OF_QUERY, against: BARE, bound: { atMost: 1.3 } },
        { name: 'CPU of Postgres, to bare SQL', metric: CPU_OF_POSTGRES, against: BARE, bound: { atMost: 1.15 } },
      ],
      close: record.close,
    };
  },
};
