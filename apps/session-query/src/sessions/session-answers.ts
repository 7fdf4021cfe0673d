import { Injectable } from '@nestjs/common';
import type { SessionListAnswer } from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import { LiveSource } from '../live/live-source';
import { QueryFeed } from '../live/query.feed';
import { RecordSource } from '../record/record-source';
import { RecordStore } from '../record/record.store';
import { FrozenOrdersStore } from '../walk/frozen-orders.store';
import type { ListSource } from '../walk/list-source';
import { firstPage, pageAt } from '../walk/walk';
import { type Circumstances, listAnswer, sessionAnswer, statsAnswer } from './envelope';
import { eventsAnswer } from './events-answer';
import type { ListRequest, SessionRequest } from './session-request';
import { viewersAnswer } from './viewers-answer';

/** Makes answers. `gone`: nobody waits for the answer any more. */
@Injectable()
export class SessionAnswers {
  constructor(
    private readonly record: RecordStore,
    private readonly live: QueryFeed,
    private readonly orders: FrozenOrdersStore,
  ) {}

  /** The envelope. Rejects with a Refusal where there is no answer. */
  async answer(request: SessionRequest, circumstances: Circumstances, gone: AbortSignal): Promise<object> {
    switch (request.kind) {
      case 'list':
        return this.list(request, circumstances, gone);
      case 'one':
        return sessionAnswer(await this.find(request.id, gone), circumstances);
      case 'stats':
        return statsAnswer(await this.record.stats(gone), circumstances);
      case 'viewers':
        return viewersAnswer(this.record, await this.find(request.id, gone), request.query, circumstances);
      case 'events':
        return eventsAnswer(this.record, request, circumstances);
    }
  }

  private async list(
    request: ListRequest,
    circumstances: Circumstances,
    gone: AbortSignal,
  ): Promise<SessionListAnswer> {
    const { step, name, query } = request;
    const source = this.sourceOf(request, circumstances, gone);
    const page = step ? await pageAt(source, step.cursor, this.orders, step.asker) : await firstPage(source, name);
    return listAnswer(page, query.limit, circumstances);
  }

  private sourceOf(request: ListRequest, { audience, now, isBehind }: Circumstances, gone: AbortSignal): ListSource {
    const { from, fallsBack, query } = request;
    if (from === 'record' || (isBehind && fallsBack)) return new RecordSource(this.record, query, audience, now, gone);
    return new LiveSource((named, look) => this.live.eachOpen(named, look), query, audience, now);
  }

  private async find(id: string, gone: AbortSignal): Promise<Presentable> {
    const found = await this.record.get(id, gone);
    if (!found) throw new Refusal(404, 'not_found', `there is no session ${id}`);
    return found;
  }
}
