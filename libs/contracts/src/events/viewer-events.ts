import { z } from 'zod';
import { eventOf } from './envelope';

/** People watching now: an absolute number, never a difference. */
export const countedData = z.object({ viewer_count: z.int().min(0).max(100_000_000) });

export const viewersCounted = eventOf('viewers.counted.v1', countedData);

export type ViewersCounted = z.output<typeof viewersCounted>;
