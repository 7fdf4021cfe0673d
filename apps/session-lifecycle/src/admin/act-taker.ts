import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Act } from '#libs/contracts';
import { type Periodic, Refusal, describeError, every } from '#libs/service-host';
import { type ActEnd, Acts, failureKind } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { Preparation } from '../preparation/preparation';
import { ActRun } from './act-run';

const LOOK_EVERY_MS = 500;
const HELD_FOR_MS = 30_000;

/**
 * Takes up what operators asked for, one act after the other; of several processes one gets an act, and if it dies another
 * does it again. Each act can be done again without another effect, and its end is written down once.
 */
@Injectable()
export class ActTaker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly name = `${hostname()} ${process.pid} ${randomUUID()}`;
  private looks: Periodic | undefined;

  constructor(
    private readonly preparation: Preparation,
    private readonly acts: Acts,
    private readonly run: ActRun,
    private readonly log: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.looks = every(LOOK_EVERY_MS, 'taking up what operators asked for', this.log, (ending) => this.takeAll(ending));
  }

  /** Before the connections that it needs are closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.looks?.stop();
  }

  private async takeAll(ending: AbortSignal): Promise<void> {
    while (this.preparation.isDone && !ending.aborted) {
      const act = await this.acts.take(this.name, HELD_FOR_MS);
      if (act === null) return;
      await this.carryOut(act);
    }
  }

  private async carryOut(act: Act): Promise<void> {
    const holding = every(HELD_FOR_MS / 3, 'holding on to an act', this.log, () =>
      this.acts.hold(act.id, this.name, HELD_FOR_MS),
    );
    try {
      const end = await this.endOf(act);
      if (!(await this.acts.end(act.id, this.name, end))) return;
      const { id, what, who, why } = act;
      this.log.info({ id, what, who, why, ended: end.state }, 'what an operator asked for was carried out');
    } finally {
      await holding.stop();
    }
  }

  /** While something is away an act stays taken, and is tried again when nobody holds it any more. */
  private async endOf(act: Act): Promise<ActEnd> {
    try {
      return { state: 'done', result: await this.run.of(act) };
    } catch (error) {
      const isAway = error instanceof Refusal ? error.code === 'unavailable' : failureKind(error) !== 'of-a-message';
      if (isAway) throw error;
      return { state: 'failed', error: describeError(error) };
    }
  }
}
