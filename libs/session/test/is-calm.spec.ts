import fc from 'fast-check';
import { derive, evolve, halfLeaseMsOf, isCalm, sameContent } from '../src';
import { at, facts, slices } from './any-facts';
import { recordOf } from './fold-under-test';
import { given } from './given';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);
const T = Date.UTC(2026, 10, 20, 18);
const FAR_MS = 1000 * 24 * 3_600_000;

type Case = [ReturnType<typeof recordOf>, id: string];

/** Of every session that any events make: its record after a look, and its takeover. */
function holdsOfAll(property: (of: Case) => void) {
  fc.assert(
    fc.property(slices, fc.option(at), (cut, watermark) => {
      const record = recordOf(cut);
      if (watermark !== null) record.look(watermark);
      for (const id of record.records.keys()) property([record, id]);
    }),
    { numRuns: RUNS },
  );
}

function of([record, id]: Case) {
  const folded = record.records.get(id);
  if (!folded) throw new Error(`there is no ${id}`);
  return { folded, takeover: record.takeoverOf(id)?.token };
}

describe('a session is calm', () => {
  it('exactly when it is known to send heartbeats, and one of any time to come changes nothing that is shown', () => {
    holdsOfAll((one) => {
      const { folded, takeover } = of(one);
      const far = evolve(folded, given.heartbeat(T + FAR_MS, { subject: folded.id }));
      const changesNothing = sameContent(derive(far, takeover), derive(folded, takeover));
      expect(isCalm(folded, takeover)).toBe(folded.heartbeats === true && changesNothing);
    });
  });

  it('and then no heartbeat does, and none makes it uncalm', () => {
    const heartbeats = facts.map((list) => list.filter(({ type }) => type === 'session.heartbeat.v1'));
    fc.assert(
      fc.property(slices, heartbeats, at, (cut, beats, watermark) => {
        const record = recordOf(cut);
        record.look(watermark);
        for (const id of record.records.keys()) {
          const { folded, takeover } = of([record, id]);
          if (!isCalm(folded, takeover)) continue;
          const after = beats.reduce(evolve, folded);
          expect(sameContent(derive(after, takeover), derive(folded, takeover))).toBe(true);
          expect(isCalm(after, takeover)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('when it is live and heard', () => {
    let calm = 0;
    holdsOfAll((one) => {
      const { folded, takeover } = of(one);
      const { status, health } = derive(folded, takeover);
      if (status !== 'live' || health !== 'ok' || !folded.heartbeats) return;
      expect(isCalm(folded, takeover)).toBe(true);
      calm += 1;
    });
    expect(calm).toBeGreaterThan(RUNS / 20);
  });

  it('not when it is silent, lost, or not known to send heartbeats', () => {
    const record = recordOf([[given.started(T, { lease_seconds: 30 })]]);
    const calm = () => isCalm(of([record, 's1']).folded, undefined);
    expect(calm()).toBe(false);
    record.take([given.heartbeat(T)]);
    expect(calm()).toBe(true);
    record.look(T + 15_001);
    expect(calm()).toBe(false);
    record.take([given.heartbeat(T + 10_000)]);
    expect(calm()).toBe(true);
    record.look(T + 60_000);
    expect(calm()).toBe(false);
    record.take([given.ended(T + 61_000)]);
    expect(calm()).toBe(true);
  });
});

describe('half a lease', () => {
  it.each([
    ['a lease of 45 s', [given.started(T, { lease_seconds: 45 })], 22_500],
    ['a lease of 45 s and heartbeats', [given.started(T, { lease_seconds: 45 }), given.heartbeat(T)], 22_500],
    ['heartbeats alone', [given.started(T), given.heartbeat(T)], 30_000],
    ['no promise', [given.started(T)], null],
  ])('%s', (_name, told, half) => {
    expect(halfLeaseMsOf(of([recordOf([told]), 's1']).folded)).toBe(half);
  });
});
