import type { EventsAnswer } from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import type { LogPlace } from '#libs/session-store';
import { z } from 'zod';
import type { RecordStore } from '../record/record.store';
import { readOpaque, writeOpaque } from '../walk/opaque';
import { stalenessOf } from '../http/staleness-of';
import type { Circumstances } from './envelope';
import { loggedEventOf } from './logged-event';
import type { EventsRequest } from './session-request';

/** What producers said of a session, in the order in which it was recorded. */
export async function eventsAnswer(
  record: RecordStore,
  { id, limit, after }: EventsRequest,
  circumstances: Circumstances,
): Promise<EventsAnswer> {
  const entries = await record.events(id, limit + 1, after);
  if (entries.length === 0 && !after) throw new Refusal(404, 'not_found', `nothing was said of session ${id}`);
  const shown = entries.slice(0, limit);
  const last = entries.length > limit ? shown.at(-1) : undefined;
  const next_cursor = last ? writeOpaque([last.row, last.index]) : null;
  const data = { session_id: id, events: shown.map(loggedEventOf), next_cursor };
  const timestamp = Math.floor(circumstances.now / 1000);
  return { success: true, data, timestamp, ...stalenessOf(circumstances) };
}

const place = z.tuple([z.string().regex(/^\d{1,18}$/), z.int().nonnegative()]);

/** Where an answer ended, by its `next_cursor`; undefined: it is none of ours. */
export function readEventsCursor(cursor: string): LogPlace | undefined {
  const read = readOpaque(place, cursor);
  return read && { row: read[0], index: read[1] };
}
