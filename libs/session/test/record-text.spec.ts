import fc from 'fast-check';
import { type EventToken, type SessionRecord, compareTokens, decodeRecord, encodeRecord, evolve } from '../src';
import { at, slices } from './any-facts';
import { recordOf } from './fold-under-test';
import { given } from './given';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);
const T = Date.UTC(2026, 10, 20, 18);

const token: fc.Arbitrary<EventToken> = fc.record({
  at: fc.integer({ min: 946_684_800_000_000, max: 8_993_721_599_999_999 }),
  seq: fc.constantFrom('0', '7', '9'.repeat(64)),
  source: fc.oneof(fc.constantFrom('/a', '0', '1'), fc.string({ unit: 'binary' })),
  id: fc.string({ unit: 'binary' }),
});
const register = <T>(value: fc.Arbitrary<T>) => fc.record({ value, token });
const text = fc.option(fc.string({ unit: 'binary' }));
const time = fc.integer({ min: 0, max: 253_402_300_799_999 });
const flag = fc.option(fc.boolean());

/** A record with any part that a record can have, whether or not events could make it. */
const anyRecord: fc.Arbitrary<SessionRecord> = fc
  .record(
    {
      fields: fc.record(
        {
          room_id: register(text),
          preset_id: register(text),
          title: register(text),
          description: register(text),
          mode: register(fc.constantFrom('webcam', 'rtmp', null)),
          scheduled_start_time: register(fc.option(time)),
          hls_url: register(text),
          recording_enabled: register(flag),
          chat_enabled_override: register(flag),
          stage_enabled_override: register(flag),
          max_join_limit_override: register(fc.option(fc.nat())),
        },
        { requiredKeys: [] },
      ),
      lease: register(fc.integer({ min: 5, max: 1800 })),
      heartbeats: fc.constant(true as const),
      scheduled: fc.tuple(token, token),
      start: fc.tuple(token, token),
      started_at: time,
      end: register(fc.record({ at: time, reason: text })),
      last_signal_at: time,
      deleted: fc.constant(true as const),
      checked_at: time,
    },
    { requiredKeys: ['fields'] },
  )
  .map((made) => JSON.parse(JSON.stringify(made)) as typeof made)
  .map(({ scheduled, start, ...rest }) => ({
    id: 's1',
    ...rest,
    ...(scheduled && { first_scheduled: scheduled[0], last_scheduled: scheduled[1] }),
    ...(start && { first_start: start[0], last_start: start[1] }),
  }));

const again = (record: SessionRecord) => decodeRecord(record.id, encodeRecord(record));

describe('the text of a record', () => {
  it('gives any record back', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(again(record)).toStrictEqual(record);
      }),
      { numRuns: RUNS },
    );
  });

  it('is the same of the same events, whatever their order, and goes on as the record would', () => {
    fc.assert(
      fc.property(slices, at, (cut, watermark) => {
        const [one, other] = [recordOf(cut), recordOf([cut.flat().toReversed()])];
        for (const record of [one, other]) record.look(watermark);
        for (const [id, record] of one.records) {
          expect(again(record)).toStrictEqual(record);
          const twin = other.records.get(id);
          expect(twin && encodeRecord(twin)).toBe(encodeRecord(record));
          const read = again(record);
          for (const fact of cut.flat()) if (fact.subject === id) expect(evolve(read, fact)).toBe(read);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('has each token once, in their order, and each source once', () => {
    const source = '/studios/somewhere/encoders/4711';
    const { records } = recordOf([
      [
        given.started(T + 1, { title: 'On air', lease_seconds: 30 }, { source, id: 'start' }),
        given.scheduled(T, { description: 'Soon' }, { source, id: 'plan', sequence: '8' }),
        given.heartbeat(T + 2, { source, id: 'beat' }),
      ],
    ]);
    const record = records.get('s1');
    if (!record) throw new Error('no record');
    const written = encodeRecord(record);
    const parsed = JSON.parse(written) as { t: unknown[][] };
    expect(parsed.t).toEqual([
      [T * 1000, 'plan', source, '8'],
      [(T + 1) * 1000, 'start', 0],
    ]);
    expect(written.split(source)).toHaveLength(2);
    expect(compareTokens(again(record).first_start as EventToken, record.first_start as EventToken)).toBe(0);
  });

  it('may have names that nobody knows yet, and is not read where it contradicts itself', () => {
    expect(decodeRecord('s1', '{"t":[],"later":{"a":1}}')).toEqual({ id: 's1', fields: {} });
    expect(() => decodeRecord('s1', '{"t":[],"l":[30,0]}')).toThrow(
      'fold of session s1: there is no token 0, it has 0',
    );
  });
});
