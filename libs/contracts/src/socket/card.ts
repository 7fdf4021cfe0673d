import { z } from 'zod';
import { sessionMode } from '../events/field';
import { sessionHealth } from '../rest/session';

const time = z.iso.datetime({ precision: 3 });

/** The short form of a session in lists that are pushed. Never an e-mail, never a count that its preset hides. */
export const card = z.object({
  id: z.string(),
  room_id: z.string().nullable(),
  title: z.string().nullable(),
  status: z.enum(['scheduled', 'live']),
  mode: sessionMode.nullable(),
  host_username: z.string().nullable(),
  room_title: z.string().nullable(),
  started_at: time.nullable(),
  scheduled_start_time: time.nullable(),
  viewer_count: z.int().nullable(),
  max_viewers: z.int().nullable(),
  hls_url: z.string().nullable(),
  health: sessionHealth.nullable(),
  version: z.int(),
});

export type Card = z.output<typeof card>;
