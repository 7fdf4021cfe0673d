import { Injectable } from '@nestjs/common';
import { type ListQuery, listQuery, liveListQuery, roomListQuery, roomParams, sessionParams } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import type { Audience } from '#libs/session';
import { readsAllThatIsOpen } from '#libs/session-store';
import { z } from 'zod';
import type { Asked } from '../http/asked';
import { listAnswer, sessionAnswer, statsAnswer, type Circumstances } from './envelope';
import { type ListQuestion, readListQuestion } from './list-request';
import { LiveSessions } from '../live/live-sessions.reader';
import { LiveSource } from '../live/live-list-source';
import { readParameters } from '../http/read-parameters';
import { RecordSource } from '../record/record-source';
import { RecordStore } from '../record/record.store';
import { Freezes } from '../walk/freezes';
import { type ListSource, firstPage, pageAt } from '../walk/walk';

const noParameters = z.strictObject({});
const WALKS = { bytes: 64 * 1024 * 1024, idleMs: 300_000 };

/** Understands request targets: what is asked, and how it is answered. Refuses what cannot be understood. */
@Injectable()
export class Questions {
  private readonly freezes = new Freezes(WALKS);

  constructor(
    private readonly record: RecordStore,
    private readonly live: LiveSessions,
  ) {}

  /** `GET /sessions` */
  list(target: string, audience: Audience): Asked {
    return this.ofAll(readListQuestion('sessions', listQuery, target, audience), audience);
  }

  /** `GET /rooms/{id}/sessions` */
  room(target: string, params: unknown, audience: Audience): Asked {
    const { id } = parseOrRefuse(roomParams, params);
    const question = readListQuestion(`room ${id}`, roomListQuery, target, audience);
    return this.ofAll({ ...question, query: { ...question.query, room_id: [id] } }, audience);
  }

  /** `GET /sessions/live` */
  liveList(target: string, audience: Audience): Asked {
    const question = readListQuestion('live', liveListQuery, target, audience);
    return this.listed('live', question, audience, ({ now }) => this.inMemory(question.query, audience, now));
  }

  /** `GET /sessions/{id}` */
  one(target: string, params: unknown, audience: Audience): Asked {
    parseOrRefuse(noParameters, readParameters(target, noParameters));
    const { id } = parseOrRefuse(sessionParams, params);
    const answer = async (circumstances: Circumstances, gone: AbortSignal) => {
      const found = await this.record.get(id, gone);
      if (!found) throw new Refusal(404, 'not_found', `there is no session ${id}`);
      return sessionAnswer(found, circumstances);
    };
    return { key: keyOf(audience, 'one', id), audience, from: 'record', answer };
  }

  /** `GET /sessions/stats` */
  stats(target: string, audience: Audience): Asked {
    parseOrRefuse(noParameters, readParameters(target, noParameters));
    const answer = async (circumstances: Circumstances, gone: AbortSignal) =>
      statsAnswer(await this.record.stats(gone), circumstances);
    return { key: keyOf(audience, 'stats'), audience, from: 'record', answer };
  }

  /** Open sessions that the record would have to read one by one are in memory; while that is behind, the record is asked. */
  private ofAll(question: ListQuestion, audience: Audience): Asked {
    const { query } = question;
    const recorded = (now: number, gone: AbortSignal) => new RecordSource(this.record, query, audience, now, gone);
    if (!readsAllThatIsOpen(query)) {
      return this.listed('record', question, audience, ({ now }, gone) => recorded(now, gone));
    }
    return this.listed('live', question, audience, ({ now, isBehind }, gone) =>
      isBehind ? recorded(now, gone) : this.inMemory(query, audience, now),
    );
  }

  private inMemory(query: ListQuery, audience: Audience, now: number): LiveSource {
    return new LiveSource((named) => this.live.open(named), query, audience, now);
  }

  private listed(
    from: Asked['from'],
    { name, query, cursor }: ListQuestion,
    audience: Audience,
    source: (circumstances: Circumstances, gone: AbortSignal) => ListSource,
  ): Asked {
    const answer = async (circumstances: Circumstances, gone: AbortSignal) => {
      const listed = source(circumstances, gone);
      const page = cursor
        ? await pageAt(listed, cursor, this.freezes, circumstances.now)
        : await firstPage(listed, name);
      return listAnswer(page, query.limit, circumstances);
    };
    // A step of a walk is asked once.
    const key = cursor ? undefined : keyOf(audience, 'list', name, query.page, query.limit);
    return { key, audience, from, answer };
  }
}

/** A name for the answer: equal for questions that have the same one. */
export function keyOf(audience: Audience, ...parts: (string | number)[]): string {
  return [audience.privateFields ? 'private' : 'public', ...parts].join(' ');
}
