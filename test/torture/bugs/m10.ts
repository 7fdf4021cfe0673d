import { replace } from './mend';

interface Origin {
  place: object;
  record: object;
}

interface Read {
  good: { origin: Origin }[];
  evidence: { bad: object[] };
}

/** Nothing is an outage: a slice that cannot be recorded now goes into quarantine. */
replace(
  'apps/session-lifecycle/src/ingest/record-slice.js',
  'recordSlice',
  (original) =>
    async function (...given) {
      const [, { good, evidence }, store] = given as unknown as [
        string,
        Read,
        { recordEvidence: (evidence: object) => Promise<void> },
      ];
      try {
        return await original.apply(this, given);
      } catch (error) {
        const bad = good.map(({ origin }) => ({ ...origin, reason: 'bug', error: String(error) }));
        await store.recordEvidence({ ...evidence, bad: [...evidence.bad, ...bad] });
        return [];
      }
    },
);
