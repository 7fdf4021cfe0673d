import { z } from 'zod';
import { sessionMode, text, uuid } from '../events/field';
import { liveSort } from '../socket/requests';
import { digits, several, sortOrder } from './list-query';
import { sessionStatus } from './session';

/** The parameters of `GET /sessions/stream`: the question of a view, as REST writes it. */
export const streamQuery = z.strictObject({
  status: several(sessionStatus, 4).optional(),
  mode: several(sessionMode, 2).optional(),
  room_id: several(uuid, 100).optional(),
  host_id: several(uuid, 100).optional(),
  library_id: several(uuid, 100).optional(),
  ids: several(uuid, 100).optional(),
  q: text(1, 200).optional(),
  min_viewers: digits(0, 100_000_000).optional(),
  sort: liveSort.optional(),
  order: sortOrder.optional(),
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
