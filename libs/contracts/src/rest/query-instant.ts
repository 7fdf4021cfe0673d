import { z } from 'zod';
import { instant } from '../events/instant';

const ZONE_WITHOUT_PLUS = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?) (\d{2}:\d{2})$/;

/** `instant` as a parameter of a URL: a `+` that was not written as `%2B` arrives as a space, and is read as the `+`. */
export const queryInstant = z.preprocess(
  (text) => (typeof text === 'string' ? text.replace(ZONE_WITHOUT_PLUS, '$1+$2') : text),
  instant,
);
