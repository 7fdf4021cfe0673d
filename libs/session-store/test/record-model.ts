import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import {
  type SessionFact,
  type SessionRecord,
  type Standing,
  check,
  claimOf,
  compareClaims,
  decodeRecord,
  derive,
  evolve,
  halfLeaseMsOf,
  isCalm,
} from '#libs/session';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { at, facts } from '../../session/test/any-facts';
import { type Told, expectedSessions } from '../../../test/given/expected-sessions';
import type { SessionStore } from '../src';
import { standingByLog, standingText } from './log-reader';

const TOPIC = 't.sessions';
/** Of the sessions of `facts`; one of them has a partition of its own. */
const PARTITIONS: Record<string, number> = { s1: 0, s2: 1, s3: 1 };

export type Step = { kind: 'slice'; events: SessionFact[]; again: boolean } | { kind: 'look'; watermark: number };

/** Any events in any order, in slices of their partitions; some sent twice, some slices delivered twice; looks between. */
export const cases: fc.Arbitrary<{ steps: Step[]; last: number }> = fc
  .tuple(facts, fc.infiniteStream(fc.nat()), fc.array(at, { minLength: 1, maxLength: 4 }))
  .map(([list, picks, watermarks]) => {
    const pick = () => picks.next().value;
    const distinct = list.map((fact, n) => ({ ...fact, id: `${fact.id}-${n}` }));
    const sent = [...distinct, ...distinct.filter(() => pick() % 4 === 0)].sort(() => (pick() % 2 === 0 ? 1 : -1));
    const steps: Step[] = [];
    for (const partition of [0, 1]) {
      let events: SessionFact[] = [];
      for (const fact of sent.filter(({ subject }) => PARTITIONS[subject] === partition)) {
        events.push(fact);
        if (pick() % 3 !== 0) continue;
        steps.splice(pick() % (steps.length + 1), 0, { kind: 'slice', events, again: pick() % 4 === 0 });
        events = [];
      }
      if (events.length > 0) steps.push({ kind: 'slice', events, again: pick() % 4 === 0 });
    }
    const last = Math.max(...watermarks);
    for (const watermark of watermarks) steps.splice(pick() % (steps.length + 1), 0, { kind: 'look', watermark });
    return { steps: [...steps, { kind: 'look', watermark: last }], last };
  });

const LIFE = new Set(['status', 'health', 'ended_at', 'end_reason']);

interface Shown {
  id: string;
  version: string;
  content: string;
}

/** The record in Postgres, beside a memory of all that was said to it. */
export class RecordModel {
  private readonly ids = new Map<string, string>();
  private readonly said: SessionFact[] = [];
  private readonly offsets = [0, 0];
  private readonly projection = new Map<string, { version: number; change: ProjectionChange }>();
  private turn = 0;

  /** The stores take turns. */
  constructor(
    private readonly source: DataSource,
    private readonly stores: readonly SessionStore[],
  ) {}

  /** Does all steps. Gives what is wrong after the one that went wrong first; empty: nothing. */
  async run({ steps, last }: { steps: Step[]; last: number }): Promise<string[]> {
    await this.begin();
    for (const step of steps) {
      const before = await this.shown();
      if (step.kind === 'slice') await this.slice(step.events, step.again);
      else await this.look(step.watermark);
      const wrong = versionsWrong(before, await this.shown());
      if (wrong.length > 0) return wrong;
    }
    return this.wrong(last);
  }

  /**
   * The same by several processes at once: the slices of each partition one after the other, beside those of the other and
   * beside the looks.
   */
  async runAtOnce({ steps, last }: { steps: Step[]; last: number }): Promise<string[]> {
    await this.begin();
    const ways = Map.groupBy(steps.slice(0, -1), (step) =>
      step.kind === 'look' ? 'looks' : PARTITIONS[step.events[0]?.subject ?? ''],
    );
    await Promise.all(
      [...ways.values()].map(async (way) => {
        for (const step of way) {
          if (step.kind === 'slice') await this.slice(step.events, step.again);
          else this.project((await this.store().checkDue(step.watermark)).changes);
        }
      }),
    );
    await this.look(last);
    return this.wrong(last);
  }

  private async begin(): Promise<void> {
    const tables = ['sessions', 'session_folds', 'session_signals', 'room_claims', 'event_inbox', 'session_log'];
    for (const table of [...tables, 'ingest_progress']) await this.source.query(`DELETE FROM ${table}`);
    await this.source.query(
      `INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ($1, 0, 0), ($1, 1, 0)`,
      [TOPIC],
    );
  }

  private store(): SessionStore {
    this.turn += 1;
    return this.stores[this.turn % this.stores.length] as SessionStore;
  }

  private async slice(events: readonly SessionFact[], again: boolean): Promise<void> {
    const partition = PARTITIONS[events[0]?.subject ?? ''] ?? 0;
    const from = this.offsets[partition] ?? 0;
    const facts = events.map((fact) => this.named(fact));
    this.offsets[partition] = from + facts.length;
    this.said.push(...facts);
    const toRecord = facts.map((fact, n) => ({
      event: { micros: 0, ...fact },
      fact,
      at: fact.at,
      brokerTime: fact.brokerTime,
      origin: {
        place: { topic: TOPIC, partition, offset: String(from + n) },
        record: { key: null, value: Buffer.from(JSON.stringify(fact)), headers: {}, timestamp: fact.brokerTime },
      },
    }));
    const nextOffset = String(from + facts.length);
    const progress = { topic: TOPIC, partition, fromOffset: String(from), nextOffset, brokerTime: null };
    for (let times = again ? 2 : 1; times > 0; times -= 1) {
      this.project((await this.store().recordSessionSlice(toRecord, { bad: [], progress })).changes);
    }
  }

  private async look(watermark: number): Promise<void> {
    const due = async () =>
      (await this.source.query(`SELECT 1 FROM session_signals WHERE due < $1`, [new Date(watermark)])) as unknown[];
    for (let looks = 0; (await due()).length > 0; looks++) {
      if (looks > 10) throw new Error(`after ${looks} looks sessions are still due`);
      this.project((await this.store().checkDue(watermark, { limit: 2 })).changes);
    }
  }

  private project(changes: readonly ProjectionChange[]): void {
    for (const change of changes) {
      if ((this.projection.get(change.id)?.version ?? -1) < change.version)
        this.projection.set(change.id, { version: change.version, change });
    }
  }

  /** The names of `facts` become ids that the record can hold; a room may have the id of a session. */
  private named(fact: SessionFact): SessionFact {
    const idOf = (name: string) => {
      const id = this.ids.get(name) ?? randomUUID();
      this.ids.set(name, id);
      return id;
    };
    const { data } = fact;
    const room = data && 'room_id' in data && data.room_id ? { room_id: idOf(data.room_id) } : {};
    return { ...fact, subject: idOf(fact.subject), data: data && { ...data, ...room } } as SessionFact;
  }

  private async shown(): Promise<Map<string, Shown>> {
    const rows = (await this.source.query(
      `SELECT id, version, (to_jsonb(s) - 'version')::text AS content FROM sessions s`,
    )) as Shown[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  private async wrong(watermark: number): Promise<string[]> {
    const records = new Map<string, SessionRecord>();
    for (const fact of this.said) records.set(fact.subject, evolve(records.get(fact.subject), fact));
    return [
      ...(await this.wrongContent(watermark)),
      ...(await this.wrongClaims(records)),
      ...(await this.wrongFolds(records, watermark)),
      ...(await this.wrongLogs()),
    ];
  }

  /** Of each session the log says how it stands; of what is of heartbeats alone it says nothing until that changes. */
  private async wrongLogs(): Promise<string[]> {
    const rows = (await this.source.query(
      `SELECT id, status, health, end_reason FROM sessions s WHERE EXISTS (SELECT FROM session_log l WHERE l.subject = s.id)`,
    )) as (Standing & { id: string })[];
    const wrong: string[] = [];
    for (const row of rows) {
      const [has, says] = [standingText(row), await standingByLog(this.source, row.id)];
      if (has !== says) wrong.push(`${row.id} is ${has}, its log says ${says}`);
    }
    return wrong;
  }

  private async wrongContent(watermark: number): Promise<string[]> {
    const rows = (await this.source.query(`SELECT * FROM sessions`)) as Record<string, unknown>[];
    const found = new Map(rows.map((row) => [row['id'] as string, row]));
    const expected = expectedSessions(this.said.map(toldOf), watermark);
    const missing = rows.length === expected.size ? [] : [`${rows.length} sessions, not ${expected.size}`];
    const differing = [...expected].flatMap(([id, { fields, lease_ms: _lease, created_at, ...rest }]) => {
      const wanted: Record<string, unknown> = { ...fields, ...rest, ...(created_at !== null && { created_at }) };
      // Nobody looks at what was deleted any more: its life stands as it was.
      const compared = Object.entries(wanted).filter(([name]) => !rest.deleted || !LIFE.has(name));
      return compared.flatMap(([name, value]) => {
        const has = plain(found.get(id)?.[name]);
        return has === value ? [] : [`${id}.${name}: ${String(has)}, not ${String(value)}`];
      });
    });
    const untold = [...expected.values()].flatMap(({ id, status, listed }) => {
      const isOpen = listed && (status === 'live' || status === 'scheduled');
      const told = this.projection.get(id);
      const isToldOpen = told?.change.kind === 'session';
      const isNewest = !isOpen || String(told?.version) === found.get(id)?.['version'];
      return isOpen === isToldOpen && isNewest ? [] : [`${id} was told as ${told?.change.kind} ${told?.version}`];
    });
    return [...missing, ...differing, ...untold];
  }

  private async wrongClaims(records: ReadonlyMap<string, SessionRecord>): Promise<string[]> {
    const rows = (await this.source.query(
      `SELECT session_id, (extract(epoch FROM at) * 1000000)::bigint AS at, seq, source, event_id, room_id FROM room_claims`,
    )) as Record<string, string>[];
    const found = rows.map((row) =>
      [row['session_id'], row['at'], row['seq'], row['source'], row['event_id'], row['room_id']].join(' '),
    );
    const expected = this.claims().map(({ session, token }) =>
      [session, token.at, token.seq, token.source, token.id, records.get(session)?.fields.room_id?.value].join(' '),
    );
    const [has, wanted] = [found, [...new Set(expected)]].map((list) => [...list].sort().join('\n'));
    return has === wanted ? [] : [`claims:\n${has}\nnot:\n${wanted}`];
  }

  private claims() {
    return this.said.flatMap((fact) => claimOf(fact) ?? []);
  }

  private async wrongFolds(records: ReadonlyMap<string, SessionRecord>, watermark: number): Promise<string[]> {
    const rows = (await this.source.query(
      `SELECT f.*, s.*, w.version AS shown FROM session_folds f JOIN session_signals s ON s.session_id = f.id
       JOIN sessions w ON w.id = f.id`,
    )) as FoldRow[];
    return [...records].flatMap(([id, record]) => {
      const row = rows.find((one) => one.id === id);
      if (!row) return [`session ${id} has no fold`];
      const { checked_at: checkedAt, ...decoded } = decodeRecord(id, row.fold);
      const signal = row.last_signal_at?.getTime();
      const whole = { ...decoded, ...(signal !== undefined && { last_signal_at: signal }) };
      const takeover = this.takeoverOf(record, records);
      const looked = checkedAt === undefined ? record : check(record, checkedAt);
      const { next_check_at: next, status, deleted } = derive(looked, takeover);
      const wanted = {
        fold: sorted(record),
        calm: isCalm(looked, takeover),
        half_lease_ms: status === 'live' && !deleted ? halfLeaseMsOf(record) : null,
        isDue: next !== null,
        room: record.fields.room_id?.value ?? null,
        version: row.version,
      };
      const due = row.due?.getTime() ?? null;
      const has = {
        fold: sorted(whole),
        calm: row.calm,
        half_lease_ms: row.half_lease_ms,
        // Never later than it is needed, and not before the look that was taken.
        isDue: due !== null && next !== null ? due <= next && due >= watermark : due !== null,
        room: row.room_id,
        version: row.shown,
      };
      return JSON.stringify(has) === JSON.stringify(wanted)
        ? []
        : [`${id}: ${JSON.stringify(has)}, not ${JSON.stringify(wanted)}, due ${due}, next ${next}`];
    });
  }

  private takeoverOf({ id, fields, last_start: token }: SessionRecord, records: ReadonlyMap<string, SessionRecord>) {
    const room = fields.room_id?.value;
    if (!room || !token) return undefined;
    const own = { session: id, token };
    const later = this.claims().filter(
      (claim) =>
        claim.session !== id &&
        records.get(claim.session)?.fields.room_id?.value === room &&
        compareClaims(claim, own) > 0,
    );
    return later.sort(compareClaims)[0]?.token;
  }
}

interface FoldRow {
  id: string;
  version: string;
  shown: string;
  room_id: string | null;
  fold: string;
  last_signal_at: Date | null;
  half_lease_ms: number | null;
  calm: boolean;
  due: Date | null;
}

/** A version grows by one where the content is another, and nowhere else. */
function versionsWrong(before: Map<string, Shown>, after: Map<string, Shown>): string[] {
  return [...after.values()].flatMap(({ id, version, content }) => {
    const then = before.get(id);
    if (!then) return [];
    const grown = Number(version) - Number(then.version);
    // A slice that is delivered twice changes nothing the second time.
    return grown === (then.content === content ? 0 : 1) ? [] : [`${id}: version ${then.version} became ${version}`];
  });
}

function sorted(record: SessionRecord): string {
  return JSON.stringify(
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, name === 'fields' ? Object.entries(value as object).sort(byName) : value])
      .sort(byName),
  );
}

function byName([a]: unknown[], [b]: unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : (value ?? null);
}

function toldOf({ id, source, type, subject, at: time, brokerTime, sequence, data }: SessionFact): Told {
  return { id, source, type, subject, at: time, broker: brokerTime, sequence: BigInt(sequence ?? 0), data: data ?? {} };
}
