import { replaceMethod } from './mend';

/** The offset is committed before the database has anything. */
replaceMethod(
  'libs/event-log/src/membership.js',
  'Membership',
  'handleAlive',
  (original) =>
    async function (...given) {
      const [slice, payload] = given as unknown as [
        { records: { offset: string }[] },
        { resolveOffset: (offset: string) => void },
      ];
      payload.resolveOffset(slice.records.at(-1)?.offset ?? '');
      await (this as { commit: (payload: object) => Promise<void> }).commit(payload);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return original.apply(this, given);
    },
);
