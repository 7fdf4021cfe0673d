import fc from 'fast-check';
import { type Claim, type SessionFact, claimOf, compareClaims } from '../src';
import { at, slices } from './any-facts';
import { FOLD, recordOf } from './fold-under-test';
import { given } from './given';
import { type FoldUnderTest, RecordInMemory } from './record-in-memory';
import { BUGS } from './seeded-bugs';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);
const T = Date.UTC(2026, 10, 20, 18);
const SECOND = 1000;

/** Each session is what its own events and those of who took its room over make of it. */
function needsNobodyElse(fold: FoldUnderTest, cut: SessionFact[][], watermark: number): void {
  const all = recordOf(cut, fold);
  all.look(watermark);
  const right = recordOf(cut);
  for (const [id, session] of all.sessions) {
    const taker = right.takeoverOf(id)?.session;
    const only = recordOf([cut.flat().filter(({ subject }) => subject === id || subject === taker)], fold);
    only.look(watermark);
    expect(only.sessions.get(id)).toEqual(session);
  }
}

/** After every slice, before and after a look. */
function isAsDerivedAnew(fold: FoldUnderTest, cut: SessionFact[][], watermark: number): void {
  const record = new RecordInMemory(fold);
  for (const slice of cut) {
    record.take(slice);
    expect(record.sessions).toEqual(record.derivedAnew());
    if (record.sessions.size > 1) record.look(watermark);
  }
}

type Property = typeof needsNobodyElse;
const holds = (property: Property, fold: FoldUnderTest, options: fc.Parameters<[SessionFact[][], number]>) =>
  fc.check(
    fc.property(slices, at, (cut, watermark) => property(fold, cut, watermark)),
    options,
  );

describe('what a session is', () => {
  const properties: [string, Property, bugs: string[]][] = [
    [
      'does not depend on sessions that do not touch the claims around its own',
      needsNobodyElse,
      ['a claim left behind when the room moves', 'the last taker instead of the first'],
    ],
    [
      'is the same whether all are derived again or only the touched ones and the neighbours of their claims',
      isAsDerivedAnew,
      ['the neighbour of a removed claim not derived again', 'the neighbour of a new claim not derived again'],
    ],
  ];

  it.each(properties)('%s', (_name, property, bugs) => {
    const { failed, counterexample, errorInstance } = holds(property, FOLD, { numRuns: RUNS });
    expect({ failed, counterexample, errorInstance }).toMatchObject({ failed: false });
    for (const bug of bugs) {
      const fold = BUGS[bug] ?? FOLD;
      expect([bug, holds(property, fold, { numRuns: 20_000, seed: 3, endOnFailure: true }).failed]).toEqual([
        bug,
        true,
      ]);
    }
  });
});

describe('claims', () => {
  it('are made by starts only, one per token', () => {
    const started = given.started(T, {}, { subject: 's7', id: 'e', source: '/a', sequence: '5' });
    const claim = { session: 's7', token: { at: T * 1000, seq: '5', source: '/a', id: 'e' } };
    expect(claimOf(started)).toEqual(claim);
    const others = [given.scheduled(T), given.updated(T, {}), given.ended(T), given.heartbeat(T), given.deleted(T)];
    expect(others.map(claimOf)).toEqual(others.map(() => null));
    const record = recordOf([
      [started],
      [started, { ...started, data: { room_id: 'r1', title: 'Other' } } as SessionFact],
    ]);
    expect(record.claims.of('r1')).toEqual([claim]);
  });

  it('have one order: by token, then by session', () => {
    const claim = fc.record({
      session: fc.constantFrom('a', 'b', 'B'),
      token: fc.record({
        at: fc.nat({ max: 1 }),
        seq: fc.constantFrom('0', '9', '10'),
        source: fc.constantFrom('/a', '/B'),
        id: fc.constantFrom('1', '10', '9'),
      }),
    });
    const text = ({ token, session }: Claim) =>
      [token.at, token.seq.padStart(3, '0'), token.source, token.id, session].join(' ');
    fc.assert(
      fc.property(claim, claim, (a, b) => {
        const [one, other] = [text(a), text(b)];
        expect(Math.sign(compareClaims(a, b))).toBe(one === other ? 0 : one < other ? -1 : 1);
      }),
      { numRuns: 2000 },
    );
  });

  it('of a session move together when an older event says another room', () => {
    const record = recordOf([
      [1, 3, 5].map((second) => given.started(T + second * SECOND, { room_id: 'r2' })),
      [given.started(T + 2 * SECOND, { room_id: 'r2' }, { subject: 's2' })],
      [given.started(T + 4 * SECOND, { room_id: 'r1' }, { subject: 's3' })],
    ]);
    expect(record.sessions.get('s2')).toMatchObject({ end_reason: 'superseded', ended_at: T + 3 * SECOND });
    expect(record.sessions.get('s3')).toMatchObject({ status: 'live' });
    record.take([given.scheduled(T, { room_id: 'r1' })]);
    expect(record.claims.of('r2').map(({ session }) => session)).toEqual(['s2']);
    expect(record.sessions.get('s1')).toMatchObject({ room_id: 'r1', status: 'live' });
    expect(record.sessions.get('s2')).toMatchObject({ status: 'live' });
    expect(record.sessions.get('s3')).toMatchObject({ end_reason: 'superseded', ended_at: T + 5 * SECOND });
  });

  it('are on no room until the session has one, also where a room has the id of the session', () => {
    const record = recordOf([
      [given.started(T, { room_id: 's2' })],
      [given.started(T + SECOND, { room_id: null }, { subject: 's2' })],
    ]);
    expect(record.sessions.get('s1')).toMatchObject({ status: 'live' });
    record.take([given.scheduled(T + 2 * SECOND, { room_id: 's2' }, { subject: 's2' })]);
    expect(record.sessions.get('s1')).toMatchObject({ end_reason: 'superseded', ended_at: T + SECOND });
  });

  it('in a middle of many starts end whom they took over from', () => {
    const record = recordOf([
      [0, 2, 4].map((second) => given.started(T + second * SECOND)),
      [given.started(T + SECOND, {}, { subject: 's2' }), given.started(T + 3 * SECOND, {}, { subject: 's3' })],
    ]);
    expect(record.sessions.get('s2')).toMatchObject({ end_reason: 'superseded', ended_at: T + 2 * SECOND });
    expect(record.sessions.get('s3')).toMatchObject({ end_reason: 'superseded', ended_at: T + 4 * SECOND });
    expect(record.sessions.get('s1')).toMatchObject({ status: 'live' });
  });

  it('cost the same however many the room has had', () => {
    const past = Array.from({ length: 1000 }, (_, n) =>
      given.started(T + n * SECOND, { lease_seconds: 30 }, { subject: `s${n}` }),
    );
    const record = recordOf([past]);
    const derivationsOf = (...slice: SessionFact[]) => {
      const before = record.derivations;
      record.take(slice);
      return record.derivations - before;
    };
    expect(derivationsOf(given.started(T + 2000 * SECOND, {}, { subject: 'next' }))).toBe(2);
    expect(derivationsOf(given.started(T + 500 * SECOND + 500, {}, { subject: 'late' }))).toBe(2);
    expect(derivationsOf(given.heartbeat(T + 2001 * SECOND, { subject: 'next' }))).toBe(1);
    expect(derivationsOf(given.scheduled(T, { room_id: 'elsewhere' }, { subject: 's500' }))).toBe(2);
    expect(record.sessions).toEqual(record.derivedAnew());
  });
});
