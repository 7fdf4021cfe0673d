import { type Expected, type Told, expectedSessions } from '../../../test/given/expected-sessions';
import { type Derived, type SessionFact, check, claimOf, derive, evolve } from '../src';
import { ClaimsInMemory } from './claims-in-memory';
import { type FoldUnderTest, RecordInMemory } from './record-in-memory';

export const FOLD: FoldUnderTest = { evolve, derive, check, claimOf, claims: ClaimsInMemory };

/** A record that took slices of events, one after the other. */
export function recordOf(slices: readonly (readonly SessionFact[])[], fold = FOLD): RecordInMemory {
  const record = new RecordInMemory(fold);
  for (const slice of slices) record.take(slice);
  return record;
}

/** Everything that slices make, looked at with a watermark (epoch ms). */
export function folded(
  fold: FoldUnderTest,
  slices: readonly (readonly SessionFact[])[],
  watermark: number,
): Map<string, Derived> {
  const record = recordOf(slices, fold);
  record.look(watermark);
  return record.sessions;
}

/** Where a fold differs from the reference, before anybody has looked and after; empty: nowhere. */
export function differences(
  fold: FoldUnderTest,
  slices: readonly (readonly SessionFact[])[],
  watermark: number,
): string[] {
  const told = slices.flat().map(toldOf);
  const record = recordOf(slices, fold);
  const unlooked = differing(record.sessions, expectedSessions(told, -Infinity));
  if (unlooked.length > 0) return unlooked;
  record.look(watermark);
  return differing(record.sessions, expectedSessions(told, watermark));
}

function differing(found: ReadonlyMap<string, Derived>, expected: ReadonlyMap<string, Expected>): string[] {
  return [...expected].flatMap(([id, one]) => differingIn(id, one, found.get(id)));
}

function differingIn(id: string, { fields, lease_ms: _lease, created_at, ...rest }: Expected, found?: Derived) {
  const wanted: Record<string, unknown> = { ...fields, ...rest, ...(created_at !== null && { created_at }) };
  const has = found as Record<string, unknown> | undefined;
  return Object.entries(wanted)
    .filter(([name, value]) => JSON.stringify(has?.[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${id}.${name}: ${JSON.stringify(has?.[name])}, not ${JSON.stringify(value)}`);
}

function toldOf({ id, source, type, subject, at, brokerTime, sequence, data }: SessionFact): Told {
  return { id, source, type, subject, at, broker: brokerTime, sequence: BigInt(sequence ?? 0), data: data ?? {} };
}
