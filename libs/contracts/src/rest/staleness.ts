import { z } from 'zod';

/** What an answer says beside its data when it may be old; both members are there, or none. */
export const staleness = {
  stale: z
    .literal(true)
    .optional()
    .describe('There, and true, when the answer may lack what producers said in the last seconds or longer.'),
  fresh_at: z.iso
    .datetime({ precision: 3 })
    .nullable()
    .optional()
    .describe('There when `stale` is: the answer has all that producers had said by then. null: that is not known.'),
};
