import fc from 'fast-check';
import type { SessionFact } from '../src';
import { fact } from './given';

const T = Date.UTC(2026, 10, 20);

// Few values and few times: collisions are what finds rules that do not commute.
/** Epoch ms. */
export const at = fc.integer({ min: 0, max: 8 }).map((n) => T + n * 20_000);
/** From the producer's clock to the broker's, ms: within a lease and beyond it, to the limit of a signal and beyond it. */
const delay = fc.constantFrom(0, 0, 20_000, 100_000, 600_000, 600_001, 700_000);
/** Of the time below the millisecond. */
const micros = fc.constantFrom(0, 0, 100, 900);
const attributes = fc.record({
  sequence: fc.option(fc.constantFrom('0', '9', '10', '18446744073709551616')),
  source: fc.constantFrom('/a', '/b'),
  subject: fc.constantFrom('s1', 's2', 's3'),
});
// One id for different events of a session: equal tokens, which only the value tells apart.
const id = fc.constantFrom('1', '2', '3');
/** Events of two sessions have equal tokens only where two days or two schemas of ids meet; then the session decides. */
const isShared = fc.boolean();
/** A room may have the id of a session: the two are apart. */
const room = fc.constantFrom('r1', 'r2', 's3', null);
const title = fc.constantFrom('One', 'Two', null);
const limit = fc.constantFrom(9, 10, null);
const lease = fc.constantFrom(5, 30, null);

/** A handful of events of three sessions in two rooms. */
export const facts: fc.Arbitrary<SessionFact[]> = fc
  .array(
    fc.tuple(
      at,
      micros,
      attributes,
      fc.tuple(id, isShared),
      delay,
      fc.oneof(
        fc.record({
          type: fc.constant('session.scheduled.v1' as const),
          data: fc.record({ room_id: room, title, scheduled_start_time: fc.option(at) }),
        }),
        fc.record({
          type: fc.constant('session.started.v1' as const),
          data: fc.record({ room_id: room, title, started_at: fc.option(at), lease_seconds: lease }),
        }),
        fc.record({
          type: fc.constant('session.updated.v1' as const),
          data: fc.record(
            { title, description: title, scheduled_start_time: fc.option(at), max_join_limit_override: limit },
            { requiredKeys: [] },
          ),
        }),
        fc.record({
          type: fc.constant('session.ended.v1' as const),
          data: fc.record({ ended_at: fc.option(at), reason: title }),
        }),
        fc.record({ type: fc.constant('session.heartbeat.v1' as const), data: fc.constant({}) }),
        fc.record({ type: fc.constant('session.deleted.v1' as const), data: fc.constant({}) }),
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) =>
    parts.map(([time, below, rest, [n, shared], delayMs, { type, data }]) =>
      fact(type, time, data as never, {
        ...rest,
        id: shared ? n : `${rest.subject}-${n}`,
        at: time * 1000 + below,
        brokerTime: time + delayMs,
      }),
    ),
  );

/** The same events in slices, in any order, some of them twice. */
export const slices: fc.Arbitrary<SessionFact[][]> = fc
  .tuple(facts, fc.infiniteStream(fc.nat()))
  .map(([list, picks]) => {
    const pick = () => picks.next().value;
    const all = [...list, ...list.filter(() => pick() % 3 === 0)].sort(() => (pick() % 2 === 0 ? 1 : -1));
    const cut: SessionFact[][] = [[]];
    for (const one of all) {
      if (pick() % 3 === 0) cut.push([]);
      cut.at(-1)?.push(one);
    }
    return cut;
  });
