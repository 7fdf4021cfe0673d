import fc from 'fast-check';
import { readSlice } from '../src/ingest/read-slice';
import { sentBySource } from '../src/ingest/sent-by-source';
import { anyRecords, sliceAt } from './any-record';

/** How late an event may come, ms. */
const horizons = fc.constantFrom(0, 1000, 604_800_000, Infinity);

describe('whatever stands in a slice', () => {
  it('is an event, a tombstone or bad, each once; the partition goes on, and its time is one', () => {
    fc.assert(
      fc.property(
        anyRecords,
        fc.constantFrom('sessions', 'viewers', 'directory'),
        horizons,
        (records, topic, horizonMs) => {
          const slice = sliceAt('t', 7, records);
          const read = readSlice(topic as 'sessions', slice, horizonMs);
          const offsets = [
            ...read.good.map(({ record }) => record.offset),
            ...read.evidence.bad.map(({ place }) => place.offset),
          ];
          expect(offsets.sort((a, b) => Number(a) - Number(b))).toEqual(slice.records.map(({ offset }) => offset));
          const { progress } = read.evidence;
          expect(progress?.nextOffset).toBe(slice.nextOffset);
          if (progress?.brokerTime != null) expect(new Date(progress.brokerTime).toISOString()).toMatch(/^\d{4}-/);
          const sent = [...sentBySource(read)];
          const tombstones = read.good.filter(({ kind }) => kind === 'tombstone').length;
          expect(sent.reduce((sum, [, { messages }]) => sum + messages, tombstones)).toBe(records.length);
          expect(sent.reduce((sum, [, { bad }]) => sum + bad, 0)).toBe(read.evidence.bad.length);
          for (const [source] of sent) expect(source.length).toBeLessThanOrEqual(255);
        },
      ),
      { numRuns: 500 },
    );
  });
});
