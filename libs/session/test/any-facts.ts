import fc from 'fast-check';
import type { SessionFact } from '../src';
import { fact } from './given';

const T = Date.UTC(2026, 10, 20);

// Few values and few times: collisions are what finds rules that do not commute.
/** Epoch ms. */
export const at = fc.integer({ min: 0, max: 8 }).map((n) => T + n * 20_000);
/** From the producer's clock to the broker's, ms: within a lease and beyond it, to the limit of a signal and beyond it. */
const delay = fc.constantFrom(0, 0, 20_000, 100_000, 600_000, 600_001, 700_000);
const attributes = fc.record({
  sequence: fc.option(fc.constantFrom('0', '9', '10', '18446744073709551616')),
  source: fc.constantFrom('/a', '/b'),
  subject: fc.constantFrom('s1', 's2', 's3'),
});
// One id for different events of a session: equal tokens, which only the value tells apart.
const id = fc.constantFrom('1', '2', '3');
const room = fc.constantFrom('r1', 'r2', null);
const title = fc.constantFrom('One', 'Two', null);
const limit = fc.constantFrom(9, 10, null);
const lease = fc.constantFrom(5, 30, null);

/** A handful of events of three sessions in two rooms. */
export const facts: fc.Arbitrary<SessionFact[]> = fc
  .array(
    fc.tuple(
      at,
      attributes,
      id,
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
    parts.map(([time, rest, n, delayMs, { type, data }]) =>
      fact(type, time, data as never, { ...rest, id: `${rest.subject}-${n}`, brokerTime: time + delayMs }),
    ),
  );
