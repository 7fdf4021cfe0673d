import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const directory = join(__dirname, '..', 'golden', 'odd-events');
/** The day of the corpus. Its events happen at noon, and the broker has them a second later. */
const DAY = '2026-11-28';
const BROKER_TIME = `${DAY}T12:00:01.000Z`;

const piece = z.union([
  z.string(),
  z.strictObject({ base64: z.base64() }),
  z.strictObject({ repeat: z.string(), times: z.int() }),
]);
const bytes = z.union([piece, z.array(piece)]).transform((given) => Buffer.concat([given].flat().map(bytesOf)));
const header = z.union([
  z.tuple([bytes, bytes.nullable()]).transform(([name, value]) => [{ name, value }]),
  z.strictObject({ many: z.int(), name: z.string(), value: z.string() }).transform(({ many, name, value }) =>
    Array.from({ length: many }, (_, at) => ({
      name: Buffer.from(name.replace('{n}', String(at))),
      value: Buffer.from(value),
    })),
  ),
]);

/** What becomes of an event: what is named must be so, what is not named may be anything. */
const becomes = z.union([
  z.strictObject({
    recorded: z.strictObject({
      tombstone: z.literal(true).optional(),
      type: z.string().optional(),
      subject: z.guid(),
      source: z.string().optional(),
      data: z.record(z.string(), z.unknown()).optional(),
      /** Its clamped time, to the microsecond. */
      at: z.string().optional(),
      /** null: it orders nothing. */
      sequence: z.string().nullish(),
      ahead: z.boolean().optional(),
    }),
  }),
  z.strictObject({ quarantined: z.string() }),
  z.strictObject({
    refused: z.strictObject({ status: z.int(), code: z.string(), parameter: z.string().optional() }),
  }),
  z.strictObject({ accepted: z.literal(0) }),
]);

const common = {
  name: z.string(),
  made_by: z.string(),
  headers: z.array(header).transform((lists) => lists.flat()),
  value: bytes.nullable(),
  broker_time: z.string().default(BROKER_TIME),
  /** Several: any of them is right. */
  becomes: z.union([becomes.transform((one) => [one]), z.array(becomes)]),
  why: z.string(),
  /** Why somebody could see it otherwise. */
  opinion: z.string().optional(),
};
const oddEvent = z.discriminatedUnion('door', [
  z.strictObject({
    ...common,
    door: z.literal('kafka'),
    topic: z.enum(['sessions', 'viewers', 'directory']),
    key: bytes.nullable(),
  }),
  z.strictObject({ ...common, door: z.literal('http') }),
]);
const file = z.strictObject({ about: z.string(), events: z.array(oddEvent) });

export type OddEvent = z.output<typeof oddEvent>;
export type OddKafkaEvent = Extract<OddEvent, { door: 'kafka' }>;
export type OddHttpEvent = Extract<OddEvent, { door: 'http' }>;
export type Becomes = z.output<typeof becomes>;

/** What makes quarantining itself fail comes last: where it still does, the topic stands, and all before it was seen. */
const LAST = 'last-resort.json';

/** All odd events. `day` (`2026-11-28`): they happen on that day; lengths stay as they are. */
export function oddEvents(day = DAY): OddEvent[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.json') && name !== LAST)
    .sort();
  return [...names, LAST].flatMap((name) =>
    file.parse(JSON.parse(textOf(name, day))).events.map((one) => on(day, one)),
  );
}

export const isKafka = (one: OddEvent): one is OddKafkaEvent => one.door === 'kafka';
export const isHttp = (one: OddEvent): one is OddHttpEvent => one.door === 'http';

function textOf(name: string, day: string): string {
  return readFileSync(join(directory, name), 'utf8').replaceAll(DAY, day);
}

/** The day also stands in what is written as base64. */
function on(day: string, one: OddEvent): OddEvent {
  const value = one.value && Buffer.from(one.value.toString('latin1').replaceAll(DAY, day), 'latin1');
  return { ...one, value };
}

function bytesOf(given: z.output<typeof piece>): Buffer {
  if (typeof given === 'string') return Buffer.from(given);
  return 'base64' in given ? Buffer.from(given.base64, 'base64') : Buffer.from(given.repeat.repeat(given.times));
}

/** The one of several right outcomes that is of the kind that was seen, so that a failure shows the nearest. */
export function nearest(expected: readonly Becomes[], seen: object): Becomes | undefined {
  const [kind = ''] = Object.keys(seen);
  return expected.find((one) => kind in one) ?? expected[0];
}
