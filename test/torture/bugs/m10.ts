import { replace } from './mend';

interface Read {
  from: object;
  good: { record: { offset: string } }[];
  evidence: { bad: object[] };
}

/** Nothing is an outage: a slice that cannot be recorded now goes into quarantine. */
replace(
  'apps/session-lifecycle/src/ingest/record-slice.js',
  'recordSlice',
  (original) =>
    async function (...given) {
      const [, { from, good, evidence }, store] = given as unknown as [
        string,
        Read,
        { recordEvidence: (evidence: object) => Promise<void> },
      ];
      try {
        return await original.apply(this, given);
      } catch (error) {
        const text = String(error);
        const bad = good.map(({ record }) => ({
          place: { ...from, offset: record.offset },
          kind: 'record',
          record,
          source: '',
          reason: 'bug',
          error: text,
        }));
        await store.recordEvidence({ ...evidence, bad: [...evidence.bad, ...bad] });
        return { changes: [], outboxId: null };
      }
    },
);
