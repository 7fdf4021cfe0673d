import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Act } from '#libs/contracts';
import { type Periodic, Refusal, describeError, every } from '#libs/service-host';
import { type ActEnd, Acts, type TakenAct, failureKind } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { Preparation } from '../preparation/preparation';
import { ActRun } from './act-run';

const LOOK_EVERY_MS = 500;
const HELD_FOR_MS = 30_000;
/** What is done at once, and what may take minutes: one waits behind others of its lane only. */
const LANES: readonly (readonly Act['what'][])[] = [
  ['revoke_key', 'resume'],
  ['replay', 'discard', 'replay_range', 'discard_range'],
];

/**
 * Takes up what operators asked for, one act of a lane after the other; of several processes one gets an act, and if it dies
 * another does it again. Each act can be done again without another effect, and its end is written down once.
 */
@Injectable()
export class ActTaker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly name = `${hostname()} ${process.pid} ${randomUUID()}`;
  private looks: Periodic[] = [];

  constructor(
    private readonly preparation: Preparation,
    private readonly acts: Acts,
    private readonly run: ActRun,
    private readonly log: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.looks = LANES.map((lane) =>
      every(LOOK_EVERY_MS, `taking up what operators asked for: ${lane.join(', ')}`, this.log, (ending) =>
        this.takeAll(lane, ending),
      ),
    );
  }

  /** Before the connections that it needs are closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.looks.map((look) => look.stop()));
  }

  private async takeAll(lane: readonly Act['what'][], ending: AbortSignal): Promise<void> {
    while (this.preparation.isDone && !ending.aborted) {
      const taken = await this.acts.take(this.name, HELD_FOR_MS, lane);
      if (taken === null) return;
      await this.carryOut(taken);
    }
  }

  private async carryOut(taken: TakenAct): Promise<void> {
    const { act } = taken;
    const holding = every(HELD_FOR_MS / 3, 'holding on to an act', this.log, () =>
      this.acts.hold(act.id, this.name, HELD_FOR_MS),
    );
    try {
      const end = await this.endOf(taken);
      if (!(await this.acts.end(act.id, this.name, end))) return;
      const { id, what, who, why } = act;
      this.log.info({ id, what, who, why, ended: end.state }, 'what an operator asked for was carried out');
    } finally {
      await holding.stop();
    }
  }

  /** While something is away an act stays taken, and is tried again when nobody holds it any more. */
  private async endOf(taken: TakenAct): Promise<ActEnd> {
    try {
      return { state: 'done', result: await this.run.of(taken) };
    } catch (error) {
      const isAway = error instanceof Refusal ? error.code === 'unavailable' : failureKind(error) !== 'of-a-message';
      if (isAway) throw error;
      return { state: 'failed', error: describeError(error) };
    }
  }
}
