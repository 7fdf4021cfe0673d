import { setTimeout as wait } from 'node:timers/promises';
import { replaceMethod } from './mend';

/** So that a process is often killed in between. */
const BETWEEN_MS = 200;

interface Told {
  outboxId: string | null;
}

interface Teller {
  outbox: { delete: (told: { id: string; epoch: null }[]) => Promise<void> };
}

/** The row of the outbox is deleted before Redis was told: a process that dies in between leaves nobody who tells it. */
replaceMethod(
  'apps/session-lifecycle/src/projection/teller.js',
  'Teller',
  'tell',
  (original) =>
    async function (...given) {
      const [{ outboxId }] = given as unknown as [Told];
      if (outboxId !== null) {
        await (this as Teller).outbox.delete([{ id: outboxId, epoch: null }]);
        await wait(BETWEEN_MS);
      }
      return original.apply(this, given);
    },
);
