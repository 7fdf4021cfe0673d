import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { SessionStore } from '../src';
import type { Leaving } from '../src/retention/leaving';
import type { RetentionPolicy } from '../src/retention/policy';
import { type Sent, event } from './given-record';
import { toRecord } from './to-record';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 9, 1);
const HORIZON_HOURS = 48;
export const POLICY = {
  quarantineDays: null,
  unlistedDays: 2.5,
  sessionsDays: 3,
  deletedDays: null,
} as RetentionPolicy;

const said = fc.record({
  session: fc.integer({ min: 0, max: 5 }),
  kind: fc.constantFrom(
    'start',
    'start',
    'start',
    'end',
    'end',
    'update',
    'beat',
    'schedule',
    'delete',
    'count',
    'count',
  ),
  /** How late it comes. */
  hours: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: HORIZON_HOURS - 1 })),
  leased: fc.boolean(),
});
export type Said = typeof said extends fc.Arbitrary<infer S> ? S : never;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('slice' as const), said: fc.array(said, { minLength: 1, maxLength: 5 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('retain' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const) }) },
);
export const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), step), { minLength: 4, maxLength: 24 });
export type Steps = typeof steps extends fc.Arbitrary<infer S> ? S : never;

export interface World {
  source: DataSource;
  store: SessionStore;
}

interface Row {
  id: string;
  version: number;
  listed: boolean;
  deleted: boolean;
  status: string;
}

const TABLES = [
  'sessions',
  'session_folds',
  'session_signals',
  'session_texts',
  'session_counts',
  'viewer_buckets',
  'room_claims',
  'event_inbox',
  'session_log',
  'session_totals',
  'session_tombstones',
  'outbox',
  'viewer_minutes',
  'viewer_hours',
];

/** The same told to two records: one from which the old leaves, and one that keeps everything. */
export class RetentionModel {
  private readonly ids = [1, 2, 3, 4, 5, 6].map(() => randomUUID());
  private readonly rooms = [1, 2].map(() => randomUUID());
  private readonly sent: { at: number; events: Sent[] }[] = [];
  private readonly departed = new Set<string>();
  private readonly versions = new Map<string, number>();
  private now = BEGIN;

  constructor(
    private readonly leaner: World,
    private readonly whole: World,
    private readonly leaving: readonly Leaving[],
  ) {}

  /** Gives what is wrong after the step that went wrong first; empty: nothing. */
  async run(given: Steps): Promise<string[]> {
    for (const { source } of [this.leaner, this.whole]) await source.query(`TRUNCATE ${TABLES.join(', ')}`);
    for (const [hours, one] of given) {
      this.now += hours * HOUR;
      if (one.kind === 'slice') await this.slice(one.said);
      if (one.kind === 'look') for (const { store } of [this.leaner, this.whole]) await look(store, this.now);
      const wrong = one.kind === 'retain' ? await this.retain() : one.kind === 'again' ? await this.again() : [];
      wrong.push(...(await this.compare()));
      if (wrong.length > 0) return wrong;
    }
    return [];
  }

  private async slice(all: readonly Said[]): Promise<void> {
    const events = all.map((one, n) => this.event(one, n));
    this.sent.push({ at: this.now, events });
    for (const { store } of [this.leaner, this.whole]) await tell(store, this.now, events);
  }

  private event({ session, kind, hours, leased }: Said, n: number): Sent {
    const id = this.ids[session] ?? '';
    // What is said at once is a millisecond apart: the broker gets all of it later.
    const at = this.now - hours * HOUR - 10 + n;
    const rest = { time: new Date(at).toISOString() };
    // Of two sessions nobody says a room; who has one says it with each start.
    const room = session < 4 ? { room_id: this.rooms[session % 2] } : {};
    if (kind === 'start') {
      return event(
        'session.started.v1',
        id,
        { ...room, title: `Title ${n}`, ...(leased && { lease_seconds: 60 }) },
        rest,
      );
    }
    if (kind === 'end') return event('session.ended.v1', id, {}, rest);
    // A schedule says a room.
    if (kind === 'update' || (kind === 'schedule' && session >= 4))
      return event('session.updated.v1', id, { title: `Update ${n}` }, rest);
    if (kind === 'beat') return event('session.heartbeat.v1', id, {}, rest);
    if (kind === 'delete') return event('session.deleted.v1', id, {}, rest);
    if (kind === 'count') return event('viewers.counted.v1', id, { viewer_count: hours + n }, rest);
    const plan = { scheduled_start_time: new Date(at + hours * HOUR).toISOString() };
    return event('session.scheduled.v1', id, { ...room, ...plan, title: `Plan ${n}`, mode: 'webcam' }, rest);
  }

  /** What leaves does so everywhere; only what is over, or was never there, may. */
  private async retain(): Promise<string[]> {
    const before = await known(this.leaner.source);
    for (const one of this.leaving) while ((await one.step(this.leaner.source, this.now)).more);
    const after = await known(this.leaner.source);
    const gone = [...before].filter((id) => !after.has(id));
    const rows = await rowsOf(this.whole.source);
    const wrong = gone.flatMap((id) => {
      const row = rows.get(id);
      const isOpen = row?.listed === true && (row.status === 'live' || row.status === 'scheduled');
      return isOpen && !this.departed.has(id) ? [`${id} left although it is ${row.status}`] : [];
    });
    for (const id of gone) this.departed.add(id);
    return wrong;
  }

  /** All is read from the beginning, where nobody knows its identities any more. */
  private async again(): Promise<string[]> {
    const { source, store } = this.leaner;
    const before = await rowsOf(source);
    await source.query('TRUNCATE event_inbox');
    for (const { at, events } of this.sent) await tell(store, at, events);
    const after = await rowsOf(source);
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
      const [was, is] = [before.get(id), after.get(id)].map((row) => JSON.stringify(row));
      return was === is ? [] : [`read again, ${id} is ${is}, not ${was}`];
    });
  }

  private async compare(): Promise<string[]> {
    const [lean, whole] = [await rowsOf(this.leaner.source), await rowsOf(this.whole.source)];
    const kept = [...whole.keys()].filter((id) => !this.departed.has(id));
    const wrong = kept.flatMap((id) => {
      const [is, right] = [lean.get(id), whole.get(id)].map((row) => JSON.stringify(row));
      return is === right ? [] : [`${id} is ${is}, not ${right}`];
    });
    for (const [id, { version }] of lean) {
      if (version < (this.versions.get(id) ?? 0)) wrong.push(`the version of ${id} fell to ${version}`);
      this.versions.set(id, version);
    }
    for (const table of ['session_counts', 'viewer_buckets']) {
      const [is, right] = [
        await countsOf(this.leaner.source, table, kept),
        await countsOf(this.whole.source, table, kept),
      ];
      if (is !== right) wrong.push(`${table}: ${is}, not ${right}`);
    }
    const [taken, right] = [await takeovers(this.leaner.source, kept), await takeovers(this.whole.source, kept)];
    if (taken !== right) wrong.push(`taken over: ${taken}, not ${right}`);
    return [...wrong, ...(await this.wrongTotals([...lean.values()])), ...(await this.wrongClaims())];
  }

  private async wrongTotals(rows: readonly Row[]): Promise<string[]> {
    const [found] = (await this.leaner.source.query(
      `SELECT coalesce(sum(scheduled), 0)::int AS scheduled, coalesce(sum(live), 0)::int AS live,
         coalesce(sum(ended), 0)::int AS ended, coalesce(sum(expired), 0)::int AS expired FROM session_totals`,
    )) as Record<string, number>[];
    const of = (status: string) => rows.filter((row) => row.listed && row.status === status).length;
    return ['scheduled', 'live', 'ended', 'expired'].flatMap((status) =>
      found?.[status] === of(status) ? [] : [`${found?.[status]} are ${status} in the totals, not ${of(status)}`],
    );
  }

  /** A claim of a session that left stands behind one of a session that is there. */
  private async wrongClaims(): Promise<string[]> {
    const rows = (await this.leaner.source.query(
      `SELECT c.session_id FROM (
         SELECT session_id, lag(session_id) OVER (PARTITION BY room_id ORDER BY at, seq, source, event_id, session_id) AS before
         FROM room_claims) c
       WHERE NOT EXISTS (SELECT FROM session_folds WHERE id = c.session_id)
         AND NOT EXISTS (SELECT FROM session_folds WHERE id = c.before)`,
    )) as { session_id: string }[];
    return rows.map(({ session_id: id }) => `a claim of ${id} stays for nobody`);
  }
}

async function look(store: SessionStore, watermark: number): Promise<void> {
  for (let looks = 0; looks < 3; looks += 1) await store.checkDue(watermark);
}

async function tell(store: SessionStore, brokerTime: number, events: readonly Sent[]): Promise<void> {
  const nothing = { bad: [], progress: null };
  const isCount = (one: Sent) => one['type'] === 'viewers.counted.v1';
  await store.recordSessionSlice(
    events.filter((one) => !isCount(one)).map((one) => toRecord(one, 0, brokerTime)),
    nothing,
  );
  const counts = events.filter(isCount).map((one) => ({
    subject: one.subject,
    sequence: '0',
    source: String(one['source']),
    id: String(one['id']),
    at: Date.parse(String(one['time'])) * 1000,
    viewer_count: (one['data'] as { viewer_count: number }).viewer_count,
  }));
  await store.recordViewerSlice(counts, nothing);
}

async function rowsOf(source: DataSource): Promise<Map<string, Row>> {
  const rows = (await source.query(`SELECT to_jsonb(s) AS row FROM sessions s ORDER BY id`)) as { row: Row }[];
  return new Map(rows.map(({ row }) => [row.id, row]));
}

async function countsOf(source: DataSource, table: string, ids: readonly string[]): Promise<string> {
  const rows = (await source.query(
    `SELECT (to_jsonb(c) - 'look_at' - 'version')::text AS row FROM ${table} c WHERE session_id = ANY($1) ORDER BY 1`,
    [ids],
  )) as { row: string }[];
  return rows.map(({ row }) => row).join('\n');
}

/** Whose claim comes directly behind the last one of each session. */
async function takeovers(source: DataSource, ids: readonly string[]): Promise<string> {
  const rows = (await source.query(
    `SELECT concat_ws(' ', session_id, next, next_at) AS row FROM (
       SELECT session_id, lead(session_id) OVER line AS next, lead(at) OVER line AS next_at,
         row_number() OVER (PARTITION BY session_id ORDER BY at DESC, seq DESC, source DESC, event_id DESC) AS back
       FROM room_claims WHERE room_id IS NOT NULL
       WINDOW line AS (PARTITION BY room_id ORDER BY at, seq, source, event_id, session_id)) c
     WHERE back = 1 AND session_id = ANY($1) ORDER BY 1`,
    [ids],
  )) as { row: string }[];
  return rows.map(({ row }) => row).join('\n');
}

/** The sessions of which the record has something. */
async function known(source: DataSource): Promise<Set<string>> {
  const rows = (await source.query(`SELECT id FROM sessions UNION SELECT session_id FROM session_counts`)) as {
    id: string;
  }[];
  return new Set(rows.map(({ id }) => id));
}
