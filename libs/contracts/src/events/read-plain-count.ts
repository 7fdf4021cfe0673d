import type { BesideSchema } from './beside-schema';
import { readPlainEvent } from './read-plain-event';
import type { ViewersCounted } from './viewer-events';

const MOST_VIEWERS = 100_000_000;

/** Gives exactly what the schema gives for a viewer count, or null: then only the schema can decide. */
export function readPlainCount(envelope: object): (ViewersCounted & BesideSchema) | null {
  const { type, data } = envelope as { type?: unknown; data?: unknown };
  if (type !== 'viewers.counted.v1') return null;
  const viewer_count = plainCount(data);
  return viewer_count === null ? null : readPlainEvent(envelope, type, { viewer_count });
}

function plainCount(data: unknown): number | null {
  if (typeof data !== 'object' || data === null) return null;
  const { viewer_count: count } = data as { viewer_count?: unknown };
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= MOST_VIEWERS ? count : null;
}
