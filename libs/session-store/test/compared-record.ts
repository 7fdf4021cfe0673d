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
import type { DataSource } from 'typeorm';
import { type Told, expectedSessions } from '../../../test/given/expected-sessions';
import { standingByLog, standingText } from './log-reader';

const LIFE = new Set(['status', 'health', 'ended_at', 'end_reason']);

/** What was last told of a session. */
export interface LastTold {
  version: number;
  change: ProjectionChange;
}

/** A record in Postgres, beside all that was said to it, and what it told of that, by session. */
export class ComparedRecord {
  private readonly records = new Map<string, SessionRecord>();

  constructor(
    private readonly source: DataSource,
    private readonly said: readonly SessionFact[],
    private readonly told: ReadonlyMap<string, LastTold>,
  ) {
    for (const fact of said) this.records.set(fact.subject, evolve(this.records.get(fact.subject), fact));
  }

  /** What a reference says otherwise, when all was looked at up to a watermark; empty: nothing. */
  async differences(watermark: number): Promise<string[]> {
    return [
      ...(await this.wrongContent(watermark)),
      ...(await this.wrongClaims()),
      ...(await this.wrongFolds(watermark)),
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
      const told = this.told.get(id);
      const isToldOpen = told?.change.kind === 'session';
      const isNewest = !isOpen || String(told?.version) === found.get(id)?.['version'];
      return isOpen === isToldOpen && isNewest ? [] : [`${id} was told as ${told?.change.kind} ${told?.version}`];
    });
    return [...missing, ...differing, ...untold];
  }

  private async wrongClaims(): Promise<string[]> {
    const rows = (await this.source.query(
      `SELECT session_id, (extract(epoch FROM at) * 1000000)::bigint AS at, seq, source, event_id, room_id FROM room_claims`,
    )) as Record<string, string>[];
    const found = rows.map((row) =>
      [row['session_id'], row['at'], row['seq'], row['source'], row['event_id'], row['room_id']].join(' '),
    );
    const expected = this.claims().map(({ session, token }) =>
      [session, token.at, token.seq, token.source, token.id, this.records.get(session)?.fields.room_id?.value].join(
        ' ',
      ),
    );
    const [has, wanted] = [found, [...new Set(expected)]].map((list) => [...list].sort().join('\n'));
    return has === wanted ? [] : [`claims:\n${has}\nnot:\n${wanted}`];
  }

  private claims() {
    return this.said.flatMap((fact) => claimOf(fact) ?? []);
  }

  private async wrongFolds(watermark: number): Promise<string[]> {
    const rows = (await this.source.query(
      `SELECT f.*, s.*, w.version AS shown FROM session_folds f JOIN session_signals s ON s.session_id = f.id
       JOIN sessions w ON w.id = f.id`,
    )) as FoldRow[];
    return [...this.records].flatMap(([id, record]) => {
      const row = rows.find((one) => one.id === id);
      if (!row) return [`session ${id} has no fold`];
      const { checked_at: checkedAt, ...decoded } = decodeRecord(id, row.fold);
      const signal = row.last_signal_at?.getTime();
      const whole = { ...decoded, ...(signal !== undefined && { last_signal_at: signal }) };
      const takeover = this.takeoverOf(record);
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

  private takeoverOf({ id, fields, last_start: token }: SessionRecord) {
    const room = fields.room_id?.value;
    if (!room || !token) return undefined;
    const own = { session: id, token };
    const later = this.claims().filter(
      (claim) =>
        claim.session !== id &&
        this.records.get(claim.session)?.fields.room_id?.value === room &&
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
