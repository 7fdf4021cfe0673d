import { type Expected, type Told, expectedSessions } from '../../../test/given/expected-sessions';
import type { Derived, SessionFact, SessionRecord } from '../src';

/** The fold, or one with a bug in it. */
export interface FoldUnderTest {
  evolve: (record: SessionRecord | undefined, fact: SessionFact) => SessionRecord;
  deriveRoom: (records: readonly SessionRecord[]) => Map<string, Derived>;
  check: (record: SessionRecord, watermark: number) => SessionRecord;
}

/** Everything that the facts make, one after the other, looked at with a watermark (epoch ms). */
export function folded(fold: FoldUnderTest, facts: readonly SessionFact[], watermark: number): Map<string, Derived> {
  const records = new Map<string, SessionRecord>();
  for (const one of facts) records.set(one.subject, fold.evolve(records.get(one.subject), one));
  const checked = [...records.values()].map((record) => fold.check(record, watermark));
  const rooms = Map.groupBy(checked, ({ id, fields }) => fields.room_id?.value ?? id);
  return new Map([...rooms.values()].flatMap((room) => [...fold.deriveRoom(room)]));
}

/** Where a fold differs from the reference; empty: nowhere. */
export function differences(fold: FoldUnderTest, facts: readonly SessionFact[], watermark: number): string[] {
  const found = folded(fold, facts, watermark);
  const expected = expectedSessions(facts.map(told), watermark);
  return [...expected].flatMap(([id, one]) => differing(id, one, found.get(id)));
}

function differing(id: string, { fields, lease_ms: _lease, created_at, ...rest }: Expected, found?: Derived): string[] {
  const wanted: Record<string, unknown> = { ...fields, ...rest, ...(created_at !== null && { created_at }) };
  const has = found as Record<string, unknown> | undefined;
  return Object.entries(wanted)
    .filter(([name, value]) => JSON.stringify(has?.[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${id}.${name}: ${JSON.stringify(has?.[name])}, not ${JSON.stringify(value)}`);
}

function told({ id, source, type, subject, at, brokerTime, sequence, data }: SessionFact): Told {
  return {
    id,
    source,
    type,
    subject,
    at,
    broker: brokerTime,
    sequence: BigInt(sequence ?? 0),
    data: data ?? {},
  };
}
