import { z } from 'zod';
import type { Position } from '../live-projection';
import { liveSort } from '../socket/requests';
import { digits, listQuery } from './list-query';

/** The parameters of `GET /sessions/stream`: the question of a view, with the list's filters. */
export const streamQuery = listQuery
  .pick({
    status: true,
    mode: true,
    room_id: true,
    host_id: true,
    library_id: true,
    ids: true,
    q: true,
    min_viewers: true,
  })
  .extend({
    sort: liveSort.optional(),
    order: listQuery.shape.order.describe('Default: desc; asc for a sort by scheduled_start_time.'),
    limit: digits(1, 200).optional(),
    lastEventId: z
      .string()
      .optional()
      .describe('What `Last-Event-ID` says, for clients that cannot send the header; the header comes first.'),
  });

const EVENT_ID = /^(\d{1,15})\.(\d{1,15})$/;

/**
 * Where a reader was, by the id of the last event that it heard; undefined where that is no id of this stream. A browser
 * sends what it holds by itself, and never tries again after a refusal: what cannot be read counts as not sent.
 */
export function readEventId(text: string | undefined): Position | undefined {
  const [, epoch, seq] = EVENT_ID.exec(text ?? '') ?? [];
  return epoch === undefined ? undefined : { epoch: Number(epoch), seq: Number(seq) };
}

export type StreamQuery = z.output<typeof streamQuery>;
