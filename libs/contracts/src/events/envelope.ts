import { z } from 'zod';
import { indexedText, text, uuid } from './field';
import { instant } from './instant';
import { sequence } from './sequence';

/**
 * The CloudEvents 1.0 attributes that every event carries. `subject` is the id that the event is about and equals the
 * Kafka key. Extension attributes that are not named here are ignored.
 */
const attributes = {
  specversion: z.literal('1.0'),
  id: text(1, 255),
  source: indexedText(1, 1024),
  subject: uuid,
  time: instant,
  sequence,
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .nullish()
    .catch(null),
};

/** The names of all attributes. */
export const ATTRIBUTE_NAMES = [...Object.keys(attributes), 'type'];

/** An event of one type: the envelope and its `data`. */
export function eventOf<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.object({ ...attributes, type: z.literal(type), data });
}

/** Events whose type says everything: `data` may be absent or anything. */
export const noData = z
  .unknown()
  .optional()
  .transform(() => null);
