import type { BesideSchema } from './beside-schema';
import { PLAIN_UUID, is, readPlainEvent } from './read-plain-event';
import { PlainTimes } from './read-plain-time';
import type { SessionEvent } from './session-events';

/** What a field gives; undefined: it is not plain. */
type ReadField = (value: unknown) => unknown;

/** The fields of the data of a type, in the order of its schema. */
interface PlainData {
  needed: readonly (readonly [name: string, read: ReadField])[];
  optional: readonly (readonly [name: string, read: ReadField])[];
  /** Absent data is empty data. */
  mayBeAbsent: boolean;
}

/** What every URL parser takes and leaves as it is: each part of the host begins with a letter, nothing is escaped in it. */
const PLAIN_URL =
  /^https?:\/\/(?:[a-z](?:-?[a-z\d])*\.)*[a-z](?:-?[a-z\d])*(?::\d{1,4})?(?:\/[\w.~/-]*(?:\?[\w.~/=&%-]*)?)?$/;
const LONGEST_URL = 2048;
const SURROGATE = /[\ud800-\udfff]/;

const times = new PlainTimes();

const uuid: ReadField = (value) => (is(PLAIN_UUID, value) ? value : undefined);
const flag: ReadField = (value) => (typeof value === 'boolean' ? value : undefined);
const mode: ReadField = (value) => (value === 'webcam' || value === 'rtmp' ? value : undefined);
const time: ReadField = (value) => times.read(value) ?? undefined;
const url: ReadField = (value) => (is(PLAIN_URL, value) && value.length <= LONGEST_URL ? value : undefined);
const title = text(3, 255);
const description = text(0, 10_000);

/** The schema counts code points, each of one or two units: with fewer than twice the least there must be no pairs. */
function text(min: number, max: number): ReadField {
  return (value) => {
    if (typeof value !== 'string' || value.length < min || value.length > max) return undefined;
    if (value.length < 2 * min && SURROGATE.test(value)) return undefined;
    return value.isWellFormed() && !value.includes('\u0000') ? value : undefined;
  };
}

function integer(min: number, max: number): ReadField {
  return (value) => (Number.isInteger(value) && Number(value) >= min && Number(value) <= max ? value : undefined);
}

/** Null is for types whose data say nothing. */
const TYPES: ReadonlyMap<string, PlainData | null> = new Map<string, PlainData | null>([
  [
    'session.scheduled.v1',
    {
      mayBeAbsent: false,
      needed: [
        ['room_id', uuid],
        ['title', title],
        ['mode', mode],
      ],
      optional: [
        ['preset_id', uuid],
        ['description', description],
        ['scheduled_start_time', time],
        ['recording_enabled', flag],
      ],
    },
  ],
  [
    'session.started.v1',
    {
      mayBeAbsent: true,
      needed: [],
      optional: [
        ['room_id', uuid],
        ['preset_id', uuid],
        ['title', title],
        ['description', description],
        ['mode', mode],
        ['started_at', time],
        ['hls_url', url],
        ['recording_enabled', flag],
        ['lease_seconds', integer(5, 1800)],
      ],
    },
  ],
  [
    'session.updated.v1',
    {
      mayBeAbsent: false,
      needed: [],
      optional: [
        ['title', title],
        ['description', description],
        ['mode', mode],
        ['preset_id', uuid],
        ['scheduled_start_time', time],
        ['hls_url', url],
        ['recording_enabled', flag],
        ['chat_enabled_override', flag],
        ['stage_enabled_override', flag],
        ['max_join_limit_override', integer(0, 1_000_000_000)],
      ],
    },
  ],
  [
    'session.ended.v1',
    {
      mayBeAbsent: true,
      needed: [],
      optional: [
        ['ended_at', time],
        ['reason', text(1, 255)],
      ],
    },
  ],
  ['session.heartbeat.v1', null],
  ['session.deleted.v1', null],
]);

/**
 * Gives exactly what the schema gives for an event of a session, the order of its data's keys too (the inbox knows an
 * event by a digest of its JSON), or null: then the schema has to be asked.
 */
export function readPlainSession(envelope: object): (SessionEvent & BesideSchema) | null {
  const { type, data: written } = envelope as { type?: unknown; data?: unknown };
  const form = typeof type === 'string' ? TYPES.get(type) : undefined;
  if (form === undefined) return null;
  const data = form === null ? null : readPlainData(form, written);
  return data === undefined ? null : (readPlainEvent(envelope, type, data) as (SessionEvent & BesideSchema) | null);
}

/** undefined: it is not plain. */
function readPlainData({ needed, optional, mayBeAbsent }: PlainData, written: unknown): object | undefined {
  if (written === undefined || written === null) return mayBeAbsent ? {} : undefined;
  if (typeof written !== 'object' || Array.isArray(written)) return undefined;
  const data: Record<string, unknown> = {};
  const given = written as Record<string, unknown>;
  for (const [name, read] of needed) {
    const value = read(given[name]);
    if (value === undefined) return undefined;
    data[name] = value;
  }
  for (const [name, read] of optional) {
    const of = given[name];
    if (of === undefined) continue;
    const value = of === null ? null : read(of);
    if (value === undefined) return undefined;
    data[name] = value;
  }
  return data;
}
