import { replace } from './mend';

/** No inbox: whatever comes is folded, whether or not its identity is taken. */
replace(
  'libs/session-store/src/inbox/take-in.js',
  'takeIn',
  (original) =>
    async function (...given) {
      await original.apply(this, given);
      return { known: new Set(), conflicts: new Set() };
    },
);
