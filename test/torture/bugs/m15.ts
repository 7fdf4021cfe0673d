import { replace } from './mend';

/** Of a session that is not calm nobody folds a heartbeat: the signal is lost, and with it what it would have changed. */
replace(
  'libs/session-store/src/signals/beat-calm.js',
  'beatCalm',
  (original) =>
    async function (...given) {
      await original.apply(this, given);
      const [, beats] = given as unknown as [unknown, { session_id: string }[]];
      return new Set(beats.map(({ session_id: id }) => id));
    },
);
