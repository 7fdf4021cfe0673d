import { replace } from './mend';

/**
 * Every heartbeat takes the narrow way, and where its session turns out not to be calm nobody folds it: the signal is
 * lost, and with it what it would have changed.
 */
replace('libs/session-store/src/signals/calm-among.js', 'calmAmong', () => async (...given) => {
  const [, ids] = given as unknown as [unknown, string[]];
  return new Set(ids);
});
replace(
  'libs/session-store/src/signals/beat-calm.js',
  'beatCalm',
  (original) =>
    async function (...given) {
      await original.apply(this, given);
      return [];
    },
);
