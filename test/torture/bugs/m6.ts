import { replaceMethod } from './mend';

const SLOW_MS = 15_000;
const SLOW_SLICES = 12;

interface Member {
  options: { handle: (slice: object) => Promise<void> };
  slow?: number;
}

/** No heartbeat in a slice, where the first ones of each membership take longer than the group waits. */
replaceMethod(
  'libs/event-log/src/membership.js',
  'Membership',
  'handleAlive',
  () =>
    async function (...given) {
      const member = this as Member;
      member.slow = (member.slow ?? 0) + 1;
      if (member.slow <= SLOW_SLICES) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      await member.options.handle(given[0] as unknown as object);
    },
);
