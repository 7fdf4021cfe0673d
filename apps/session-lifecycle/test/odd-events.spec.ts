import { type RawRecord, type TopicName, readEvent } from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import { timingOf } from '#libs/session';
import {
  type OddEvent,
  type OddHttpEvent,
  type OddKafkaEvent,
  isHttp,
  isKafka,
  nearest,
  oddEvents,
} from '../../../test/given/odd-events';
import { judgeEvents } from '../src/door/judge-events';
import { envelopesOf, invalid, modeOf } from '../src/door/read-request';

const all = oddEvents();
const named = <E extends OddEvent>(events: E[]) => events.map((one) => [one.name, one] as const);

describe('odd events, read', () => {
  it('have names of their own, and come by both doors', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.filter(isKafka).length).toBeGreaterThan(120);
    expect(all.filter(isHttp).length).toBeGreaterThan(60);
  });

  it.each(named(all.filter(isKafka)))('%s', (_name, one) => {
    const seen = ofRecord(one);
    expect(seen).toMatchObject(nearest(one.becomes, seen) ?? {});
  });

  it.each(named(all.filter(isHttp)))('%s', (_name, one) => {
    const seen = ofRequest(one);
    expect(seen).toMatchObject(nearest(one.becomes, seen) ?? {});
  });

  it('keep their microseconds', () => {
    const recorded = all.flatMap(({ becomes }) =>
      becomes.flatMap((one) => ('recorded' in one ? [one.recorded.at] : [])),
    );
    expect(recorded.filter((at) => at !== undefined && !at.endsWith('000Z')).length).toBeGreaterThan(5);
    for (const one of all.filter(isKafka)) {
      const seen = ofRecord(one);
      expect(seen).toMatchObject(nearest(one.becomes, seen) ?? {});
    }
  });
});

function ofRecord({ topic, key, value, headers, broker_time: brokerTime }: OddKafkaEvent): object {
  return read(topic, { key, value, headers: grouped(headers), timestamp: Date.parse(brokerTime) });
}

function read(topic: TopicName, record: RawRecord): object {
  const result = readEvent(topic, record);
  if (!result.ok) return { quarantined: result.reason };
  if (result.kind === 'tombstone') return { recorded: { tombstone: true, subject: result.id } };
  const { type, subject, source, sequence = null } = result.event;
  const data: unknown = JSON.parse(JSON.stringify(result.event.data));
  const { event, at, brokerTime } = result;
  const ahead = timingOf(event.time, brokerTime) === 'ahead';
  return { recorded: { type, subject, source, data, sequence, at: shownTime(at), ahead } };
}

/** As the reader of batches gives them: a name that comes again has all its values, one that is null has undefined. */
function grouped(headers: OddKafkaEvent['headers']): RawRecord['headers'] {
  const byName = new Map<string, (Buffer | null)[]>();
  for (const { name, value } of headers) {
    const text = name.toString('utf8');
    const values = byName.get(text);
    if (values) values.push(value);
    else byName.set(text, [value]);
  }
  return Object.fromEntries([...byName].map(([name, values]) => [name, valueOf(values)]));
}

function valueOf(values: (Buffer | null)[]): RawRecord['headers'][string] {
  if (values.length > 1) return values.map((value) => value ?? Buffer.alloc(0));
  return values[0] ?? undefined;
}

function ofRequest(one: OddHttpEvent): object {
  try {
    const headers = distinct(one.headers);
    const mode = modeOf(headers);
    const envelopes = envelopesOf(mode, headers, one.value ?? Buffer.alloc(0));
    const { events, problems } = judgeEvents(envelopes, mode === 'batch', {
      now: Date.parse(one.broker_time),
      horizonMs: Infinity,
    });
    if (problems.length > 0) throw invalid(problems);
    const [sent] = events;
    if (!sent) return { accepted: 0 };
    const key = Buffer.from(sent.subject);
    return read(sent.topic, { key, value: sent.value, headers: {}, timestamp: Date.parse(one.broker_time) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const parameters = error.details.map(({ parameter }) => parameter);
    const expected = one.becomes.find((right) => 'refused' in right)?.refused.parameter;
    const parameter = parameters.find((name) => name === expected) ?? parameters[0];
    return { refused: { status: error.getStatus(), code: error.code, parameter } };
  }
}

/** As Node gives them: names in lower case, each byte of a value one character. */
function distinct(headers: OddHttpEvent['headers']): Record<string, string[]> {
  const byName = Object.create(null) as Record<string, string[]>;
  for (const { name, value } of headers) {
    const text = name.toString('latin1').toLowerCase();
    byName[text] = [...(byName[text] ?? []), (value ?? Buffer.alloc(0)).toString('latin1').trim()];
  }
  return byName;
}

/** Epoch microseconds. */
function shownTime(at: number): string {
  const micros = String(at % 1000).padStart(3, '0');
  return `${new Date(Math.floor(at / 1000)).toISOString().slice(0, -1)}${micros}Z`;
}
