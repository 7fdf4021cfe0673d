import { Injectable } from '@nestjs/common';
import { type ReplayAnswer, askedAct } from '#libs/contracts';
import { ApiKeys, Quarantine, QuarantineRanges, type TakenAct, TopicPauses } from '#libs/session-store';
import { DataSource } from 'typeorm';
import { IngestAdmin } from './ingest-admin';

const PER_REPLAY = 200;
/** Of what still cannot be taken so many are told. */
const TOLD = 20;

type Selection = Omit<Parameters<IngestAdmin['replay']>[0], 'after' | 'limit'>;

/** Carries out what an operator asked for; gives what came of it. Rejects with what is wrong. */
@Injectable()
export class ActRun {
  private readonly keys: ApiKeys;

  constructor(
    source: DataSource,
    private readonly admin: IngestAdmin,
    private readonly quarantine: Quarantine,
    private readonly ranges: QuarantineRanges,
    private readonly pauses: TopicPauses,
  ) {
    this.keys = new ApiKeys(source);
  }

  /** What an act that is done again finds done already, it did itself. */
  async of({ act: { what, why, of }, isAgain }: TakenAct): Promise<Record<string, unknown>> {
    const act = askedAct.parse({ ...of, what, why });
    switch (act.what) {
      case 'replay': {
        const { what: _what, why: _why, ...selection } = act;
        return this.replay(selection);
      }
      case 'discard':
        return this.discard(act.ids, why, isAgain);
      case 'replay_range':
        return this.admin.replayRange(act.id);
      case 'discard_range':
        if (isAgain && isDiscarded(await this.ranges.get(act.id), why)) return { done: `range ${act.id} is discarded` };
        return { done: await this.admin.discardRange(act.id, why) };
      case 'resume':
        if (isAgain && (await this.isResumed(act.topic))) return { done: `${act.topic} goes on` };
        return { done: await this.admin.resume(act.topic, act.minutes) };
      case 'revoke_key':
        if (await this.keys.revoke(act.id)) return { revoked: act.id };
        if (isAgain && (await this.keys.isRevoked(act.id))) return { revoked: act.id };
        throw new Error(`there is no key ${act.id} in force`);
    }
  }

  private async replay(selection: Selection): Promise<Record<string, unknown>> {
    const still: ReplayAnswer['data']['still'] = [];
    let [replayed, stillTotal, unknown]: [number, number, string[]] = [0, 0, []];
    for (let after: string | undefined, more = true; more;) {
      const page = await this.admin.replay({ ...selection, limit: PER_REPLAY, after });
      replayed += page.replayed.length;
      stillTotal += page.still.length;
      still.push(...page.still.slice(0, TOLD - still.length));
      unknown = [...unknown, ...page.unknown];
      after = page.next_after ?? undefined;
      more = page.next_after !== null;
    }
    return { replayed, still, still_total: stillTotal, unknown };
  }

  private async discard(ids: readonly string[], why: string, isAgain: boolean): Promise<Record<string, unknown>> {
    const [discarded, unknown]: [string[], string[]] = [[], []];
    for (const id of ids) {
      const isDone = await this.quarantine.discard(id, why);
      const wasDone = !isDone && isAgain && isDiscarded(await this.quarantine.get(id), why);
      (isDone || wasDone ? discarded : unknown).push(id);
    }
    return { discarded, unknown };
  }

  private async isResumed(topic: string): Promise<boolean> {
    const [pause] = await this.pauses.all([topic]);
    return pause !== undefined && pause.resumedUntil !== null;
  }
}

function isDiscarded(one: { state: string; state_why: string | null } | null, why: string): boolean {
  return one?.state === 'discarded' && one.state_why === why;
}
