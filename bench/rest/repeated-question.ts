import type { Arena } from '../machinery/arena';
import type { Contestant, Measured } from '../machinery/course';
import { givenPeer } from '../push/given-peer';
import { type GivenServer, givenQuery } from './given-query';
import type { GivenRecord } from './given-record';
import { listedText } from './listed';
import { type PrebuiltAnswer, answerTo, keepAnswer } from './prebuilt-answer';
import { underLoad } from './under-load';

const TARGET = '/sessions?limit=10';
const CONNECTIONS = 64;

export const FLOOR = 'node:http, the same answer';

/** One question all the time: of session-query, and of node:http that gives its answer as it was before. */
export class RepeatedQuestion {
  private list = '';
  private headers: Record<string, string> = {};
  private answer: PrebuiltAnswer | undefined;

  /** `isHeld`: whoever asks says that it holds the answer already. */
  constructor(
    private readonly arena: Arena,
    private readonly record: GivenRecord,
    private readonly isHeld: boolean,
  ) {}

  readonly ours: Contestant = {
    name: 'ours',
    run: async () => {
      const server = await givenQuery(this.arena, this.record);
      const whole = await answerTo(server.url + TARGET);
      this.list = listedText(whole.body);
      this.headers = this.isHeld ? { 'if-none-match': whole.headers['etag'] ?? '' } : {};
      this.answer = await answerTo(server.url + TARGET, this.headers);
      return this.askedOf(server);
    },
  };

  readonly floor: Contestant = {
    name: FLOOR,
    run: async () => {
      if (!this.answer) throw new Error('the floor gives the answer that we gave, who come first');
      const ANSWER = keepAnswer(this.arena, this.answer);
      return this.askedOf(await givenPeer(this.arena, 'rest/peers/prebuilt-answer/main.js', { ANSWER }));
    },
  };

  /** Asks a server until it has shown what it can, and stops it. */
  async askedOf(server: GivenServer): Promise<Measured> {
    const { headers, list, isHeld } = this;
    const order = { connections: CONNECTIONS, headers, status: isHeld ? 304 : 200, targets: [TARGET] };
    try {
      return await underLoad(server, order, list);
    } finally {
      await server.process.stop();
    }
  }
}
