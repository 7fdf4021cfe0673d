/** An event of a session as its producer said it, with the time it is ordered by. */
export interface Told {
  id: string;
  source: string;
  type: string;
  subject: string;
  /** The least of its time and the last microsecond of the broker's millisecond, epoch µs. */
  at: number;
  /** The broker's timestamp, epoch ms. */
  broker: number;
  sequence: bigint;
  data: Record<string, unknown>;
}

/** What Postgres must say of a session, written down from the rules alone; shares nothing with the product's fold. */
export interface Expected {
  id: string;
  fields: Record<string, unknown>;
  status: string;
  health: string | null;
  started_at: number | null;
  ended_at: number | null;
  end_reason: string | null;
  created_at: number | null;
  listed: boolean;
  deleted: boolean;
  /** null: it never promised a signal. */
  lease_ms: number | null;
}

const FIELDS = [
  'preset_id',
  'title',
  'description',
  'mode',
  'scheduled_start_time',
  'hls_url',
  'recording_enabled',
  'chat_enabled_override',
  'stage_enabled_override',
  'max_join_limit_override',
];
const HOUR_MS = 3_600_000;

/** The whole milliseconds of epoch µs. */
const ms = (us: number) => (us - (us % 1000)) / 1000;

/** As UTF-8 has them. */
const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Negative when `a` is earlier: time, sequence, source, id. */
export function order(a: Told, b: Told): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.sequence !== b.sequence) return a.sequence < b.sequence ? -1 : 1;
  return inBytes(a.source, b.source) || inBytes(a.id, b.id);
}

interface History {
  id: string;
  room: string | null;
  all: Told[];
  starts: Told[];
}

/** Every session that an event of its life speaks of, as it must be at the watermark (epoch ms). */
export function expectedSessions(told: readonly Told[], watermark: number): Map<string, Expected> {
  const bySubject = new Map<string, Told[]>();
  for (const one of told) {
    const list = bySubject.get(one.subject);
    if (list) list.push(one);
    else bySubject.set(one.subject, [one]);
  }
  const histories = [...bySubject].map(([id, all]) => historyOf(id, all));
  const byRoom = Map.groupBy(histories, ({ room }) => room);
  return new Map(
    histories.map((one) => [one.id, expected(one, one.room === null ? [] : (byRoom.get(one.room) ?? []), watermark)]),
  );
}

function historyOf(id: string, events: Told[]): History {
  const all = [...events].sort(order);
  const starts = all.filter(({ type }) => type === 'session.started.v1');
  return { id, all, starts, room: roomOf(all) };
}

/** The room that was said first: who says another one later is not heard. Of equal tokens the greater value. */
function roomOf(all: readonly Told[]): string | null {
  const said = all.filter((event) => speaksOf(event, 'room_id'));
  const [first] = said;
  if (!first) return null;
  const atOnce = said.filter((event) => order(event, first) === 0);
  return String(
    atOnce
      .map(({ data }) => normal('room_id', data['room_id']))
      .sort(compareValues)
      .at(-1),
  );
}

/** The field as the latest event that speaks of it says; of equal tokens the greater value. */
function fieldOf(all: readonly Told[], name: string): { value: unknown; at: number | null } {
  let found: { value: unknown; by: Told } | undefined;
  for (const event of all) {
    if (!speaksOf(event, name)) continue;
    const value = normal(name, event.data[name]);
    if (!found || (order(event, found.by) || compareValues(value, found.value)) > 0) found = { value, by: event };
  }
  return { value: found?.value ?? null, at: found ? ms(found.by.at) : null };
}

/** Numbers by size, all else as JSON text. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function speaksOf({ type, data }: Told, name: string): boolean {
  if (!(name in data)) return false;
  if (type === 'session.updated.v1') {
    return name !== 'room_id' && (data[name] !== null || (name !== 'title' && name !== 'mode'));
  }
  return (type === 'session.scheduled.v1' || type === 'session.started.v1') && data[name] !== null;
}

/** As a producer writes it, or as it is once it was read. */
function instantOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Date.parse(value) : null;
}

function normal(name: string, value: unknown): unknown {
  if (name === 'scheduled_start_time' && typeof value === 'string') return Date.parse(value);
  return name.endsWith('_id') && typeof value === 'string' ? value.toLowerCase() : value;
}

function expected(history: History, room: readonly History[], watermark: number): Expected {
  const { id, all, starts } = history;
  const of = (type: string) => all.filter((one) => one.type === type);
  const scheduled = of('session.scheduled.v1');
  const claimed = starts.map(({ data, at }) => Math.min(instantOf(data['started_at']) ?? ms(at), ms(at)));
  const started_at = starts.length > 0 ? Math.min(...claimed) : null;
  const deleted = of('session.deleted.v1').length > 0;
  const born = [...scheduled, ...starts].map(({ at }) => ms(at));
  return {
    id,
    fields: { ...Object.fromEntries(FIELDS.map((name) => [name, fieldOf(all, name).value])), room_id: history.room },
    started_at,
    created_at: born.length > 0 ? Math.min(...born) : null,
    listed: born.length > 0 && !deleted,
    deleted,
    lease_ms: leaseMsOf(starts, of('session.heartbeat.v1')),
    ...lifeOf(history, room, started_at, watermark),
  };
}

type Life = Pick<Expected, 'status' | 'health' | 'ended_at' | 'end_reason'>;

function lifeOf(
  { all, starts, id }: History,
  room: readonly History[],
  startedAt: number | null,
  watermark: number,
): Life {
  const end = latestEnd(all.filter(({ type }) => type === 'session.ended.v1'));
  const start = starts.at(-1);
  const over = (ended_at: number, end_reason: string | null): Life => ({
    status: 'ended',
    health: null,
    ended_at,
    end_reason,
  });
  if (end && (!start || order(end.by, start) > 0)) {
    return over(Math.max(end.at, startedAt ?? end.at), end.reason);
  }
  if (!start) return waiting(all, watermark);
  const beats = all.filter(({ type }) => type === 'session.heartbeat.v1');
  const signal = Math.max(...[...starts, ...beats].map(signalAt));
  const lease = leaseMsOf(starts, beats);
  const deadline = lease === null ? ms(start.at) + 12 * HOUR_MS : signal + lease;
  const taken = takeover(id, start, room);
  if (taken && ms(taken.at) <= deadline) return over(ms(taken.at), 'superseded');
  if (taken || watermark > deadline) return lease === null ? over(deadline, 'timeout') : over(signal, 'lost');
  const silent = lease !== null && watermark > signal + lease / 2;
  return {
    status: 'live',
    health: lease === null ? null : silent ? 'reconnecting' : 'ok',
    ended_at: null,
    end_reason: null,
  };
}

/** Up to ten minutes old: the producer lived when the broker got it. Older: when the producer says. */
function signalAt({ at, broker }: Told): number {
  return broker > ms(at) + 10 * 60_000 ? ms(at) : broker;
}

/** The latest end; of equal tokens the one that was later, of equal times the greater reason as JSON text. */
function latestEnd(ends: readonly Told[]) {
  const said = ends.map((by) => ({
    by,
    at: Math.min(instantOf(by.data['ended_at']) ?? ms(by.at), ms(by.at)),
    reason: (by.data['reason'] as string | undefined) ?? null,
  }));
  return said.sort((a, b) => order(a.by, b.by) || a.at - b.at || compareValues(a.reason, b.reason)).at(-1);
}

/** As the latest start that says so promised; of equal tokens the longer. */
function leaseMsOf(starts: readonly Told[], beats: readonly Told[]): number | null {
  const promises = starts
    .filter(({ data }) => data['lease_seconds'] != null)
    .map((by) => ({ by, seconds: Number(by.data['lease_seconds']) }));
  const last = promises.sort((a, b) => order(a.by, b.by) || a.seconds - b.seconds).at(-1);
  if (last) return last.seconds * 1000;
  return beats.length > 0 ? 60_000 : null;
}

/** The first start of all others in the room after its own; of two with equal tokens the one of the lesser session. */
function takeover(id: string, own: Told, room: readonly History[]): Told | undefined {
  const claims = room.filter((other) => other.id !== id).flatMap(({ starts }) => starts);
  const inOrder = (a: Told, b: Told) => order(a, b) || (a.subject < b.subject ? -1 : 1);
  return claims.filter((one) => inOrder(one, own) > 0).sort(inOrder)[0];
}

function waiting(all: readonly Told[], watermark: number): Life {
  const nothing = { health: null, ended_at: null, end_reason: null };
  const last = all.findLast(({ type }) => type === 'session.scheduled.v1');
  const planned = fieldOf(all, 'scheduled_start_time');
  const since = (planned.value as number | null) ?? Math.max(last ? ms(last.at) : 0, planned.at ?? 0);
  return { ...nothing, status: last && watermark > since + 24 * HOUR_MS ? 'expired' : 'scheduled' };
}
