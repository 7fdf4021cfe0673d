import type { Act } from '#libs/contracts';
import type { Acts, TakenAct } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import { eventuallyPasses } from '../../../../test/given/eventually';
import type { Preparation } from '../preparation/preparation';
import type { ActRun } from './act-run';
import { ActTaker } from './act-taker';

const log = { info: () => undefined, error: () => undefined, warn: () => undefined } as unknown as PinoLogger;

/** Acts that were asked for, taken as the store gives them: the oldest of the kinds first. */
class GivenActs {
  readonly ended: string[] = [];
  private readonly asked: Act[];

  constructor(...kinds: Act['what'][]) {
    this.asked = kinds.map((what, n) => ({ id: String(n), what, of: {}, why: 'why', who: 'who' }) as Act);
  }

  async take(_taker: string, _forMs: number, kinds: readonly Act['what'][]): Promise<TakenAct | null> {
    const at = this.asked.findIndex(({ what }) => kinds.includes(what));
    const [act] = at < 0 ? [] : this.asked.splice(at, 1);
    return act ? { act, isAgain: false } : null;
  }

  async hold(): Promise<boolean> {
    return true;
  }

  async end(id: string): Promise<boolean> {
    this.ended.push(id);
    return true;
  }
}

describe('acts of operators', () => {
  it('that are to be done at once wait behind none that takes long', async () => {
    const acts = new GivenActs('replay', 'revoke_key', 'discard', 'resume');
    let goOn = (): void => undefined;
    const long = new Promise<void>((resolve) => (goOn = resolve));
    const run = { of: async ({ act }: TakenAct) => (act.what === 'replay' ? { at: await long } : {}) };
    const taker = new ActTaker({ isDone: true } as Preparation, acts as unknown as Acts, run as unknown as ActRun, log);
    taker.onApplicationBootstrap();
    await eventuallyPasses('what is done at once is done', async () => expect(acts.ended).toEqual(['1', '3']));
    goOn();
    await taker.beforeApplicationShutdown();
    expect(acts.ended).toEqual(['1', '3', '0']);
  });
});
