import { z } from 'zod';
import type { Position } from '../live-projection';
import { liveSort, liveStatus } from '../socket/requests';
import { digits, listQuery, several } from './list-query';
import { sessionStatus } from './session';

/** The parameters of `GET /sessions/stream`: the question of a view, with the list's filters. */
export const streamQuery = listQuery
  .pick({
    mode: true,
    room_id: true,
    host_id: true,
    library_id: true,
    ids: true,
    q: true,
    min_viewers: true,
  })
  .extend({
    // The past is understood, so that its refusal can say where to ask for it.
    status: several(sessionStatus, 4, liveStatus).optional().describe('Any of these. Default: live.'),
    sort: liveSort.optional().describe('Default: started_at, of scheduled ones scheduled_start_time.'),
    order: listQuery.shape.order.describe('Default: desc; asc for a sort by scheduled_start_time.'),
    limit: digits(1, 200).optional().describe('Sessions in the view. Default: 50.'),
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
