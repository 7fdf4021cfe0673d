import { Injectable } from '@nestjs/common';
import {
  BUCKET_SECONDS,
  type EventsAnswer,
  LATEST_TIME_MS,
  MAX_POINTS,
  type ViewersAnswer,
  type ViewersQuery,
  eventsQuery,
  sessionParams,
  viewersQuery,
} from '#libs/contracts';
import { Refusal, parseOrRefuse, wrongParameter } from '#libs/service-host';
import { type Audience, type Presentable, countsAreVisible, visibleCounts } from '#libs/session';
import type { LogPlace } from '#libs/session-store';
import { z } from 'zod';
import type { Asked } from '../http/asked';
import { type Circumstances, stalenessOf } from './envelope';
import { loggedEventOf } from './logged-event';
import { readOpaque, writeOpaque } from '../walk/opaque';
import { readParameters } from '../http/read-parameters';
import { keyOf } from './session-questions';
import { RecordStore } from '../record/record.store';

const iso = (ms: number) => new Date(ms).toISOString();

/** Understands the questions about a session's past. Refuses what cannot be understood. */
@Injectable()
export class HistoryQuestions {
  constructor(private readonly record: RecordStore) {}

  /** `GET /sessions/{id}/viewers` */
  viewers(target: string, params: unknown, audience: Audience): Asked {
    const { id } = parseOrRefuse(sessionParams, params);
    const query = parseOrRefuse(viewersQuery, readParameters(target, viewersQuery));
    const answer = async (circumstances: Circumstances, gone: AbortSignal) => {
      const found = await this.record.get(id, gone);
      if (!found) throw new Refusal(404, 'not_found', `there is no session ${id}`);
      return this.viewersOf(found, rangeOf(query, found, circumstances.now), circumstances);
    };
    const { from = '', to = '', step = '' } = query;
    return { key: keyOf(audience, 'viewers', id, from, to, step), audience, from: 'record', answer };
  }

  /** `GET /sessions/{id}/events`. `audience`: of somebody who may read them. */
  events(target: string, params: unknown, audience: Audience): Asked {
    const { id } = parseOrRefuse(sessionParams, params);
    const { limit, cursor } = parseOrRefuse(eventsQuery, readParameters(target, eventsQuery));
    const after = cursor === undefined ? undefined : readPlace(cursor);
    const answer = async (circumstances: Circumstances): Promise<EventsAnswer> => {
      const entries = await this.record.events(id, limit + 1, after);
      if (entries.length === 0 && !after) throw new Refusal(404, 'not_found', `nothing was said of session ${id}`);
      const shown = entries.slice(0, limit);
      const last = entries.length > limit ? shown.at(-1) : undefined;
      const data = { session_id: id, events: shown.map(loggedEventOf), next_cursor: last ? writePlace(last) : null };
      const timestamp = Math.floor(circumstances.now / 1000);
      return { success: true, data, timestamp, ...stalenessOf(circumstances) };
    };
    return { key: undefined, audience, from: 'record', answer };
  }

  private async viewersOf(
    found: Presentable,
    range: { from: number; to: number; stepMs: number },
    circumstances: Circumstances,
  ): Promise<ViewersAnswer> {
    const { audience, now } = circumstances;
    const isVisible = countsAreVisible(found, audience);
    const nothing = { steps: [], parts: [{ from: range.from, stepMs: range.stepMs }] };
    const { steps, parts } = isVisible ? await this.record.viewers(found.session.id, range) : nothing;
    const peak = visibleCounts(found, audience);
    return {
      success: true,
      data: {
        session_id: found.session.id,
        from: iso(range.from),
        to: iso(range.to),
        step: range.stepMs / 1000,
        parts: parts.map(({ from, stepMs }) => ({ from: iso(from), step: stepMs / 1000 })),
        counts_visible: isVisible,
        points: steps.map(({ at, ...point }) => ({ ...point, at: iso(at) })),
        max_viewers: peak.max_viewers,
        max_viewers_at: peak.max_viewers_at === null ? null : iso(peak.max_viewers_at),
      },
      timestamp: Math.floor(now / 1000),
      ...stalenessOf(circumstances),
    };
  }
}

/** From the start of the session to its end, or to now, where nothing else is asked for. */
function rangeOf({ from, to, step }: ViewersQuery, { session }: Presentable, now: number) {
  const start = from ?? session.started_at ?? session.created_at;
  // The last bucket begins before the end.
  const end = to ?? Math.min(Math.max(start, session.ended_at ?? now) + 1, LATEST_TIME_MS);
  if (end <= start) throw wrongParameter('to', `must be after from (${iso(start)})`);
  const needed = Math.ceil((end - start) / 1000 / MAX_POINTS / BUCKET_SECONDS) * BUCKET_SECONDS;
  if (step !== undefined && step < needed) {
    throw wrongParameter('step', `must be at least ${needed} for this range: at most ${MAX_POINTS} points are given`);
  }
  return { from: start, to: end, stepMs: (step ?? needed) * 1000 };
}

const place = z.tuple([z.string().regex(/^\d{1,18}$/), z.int().nonnegative()]);

function writePlace({ row, index }: LogPlace): string {
  return writeOpaque([row, index]);
}

function readPlace(cursor: string): LogPlace {
  const read = readOpaque(place, cursor);
  if (!read) throw wrongParameter('cursor', 'must be the next_cursor of an answer to the same question');
  const [row, index] = read;
  return { row, index };
}
