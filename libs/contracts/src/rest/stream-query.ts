import { z } from 'zod';
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
