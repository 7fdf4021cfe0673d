import { z } from 'zod';
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
  });

/** `Last-Event-ID`: the `epoch.seq` of the last event that was heard. */
export const lastEventId = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}\.\d{1,15}$/, { error: 'must be epoch.seq, the id of an event of this stream' })
    .transform((value) => {
      const [epoch, seq] = value.split('.');
      return { epoch: Number(epoch), seq: Number(seq) };
    })
    .optional(),
});

export type StreamQuery = z.output<typeof streamQuery>;
