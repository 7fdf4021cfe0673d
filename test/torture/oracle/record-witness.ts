import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { type Offsets, placeOf } from './kafka-log';

const OWN_COLUMNS = "'{version}'::text[]";

const BY_THE_CLOCK = "'{version,status,health,ended_at,end_reason,updated_at}'::text[]";

/** Writes down every change of a session's row in the transaction that makes it. Only the run's own database has it. */
const AUDIT = [
  `CREATE TABLE torture_audit (n bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), id uuid NOT NULL,
     before bigint NOT NULL, after bigint NOT NULL, same boolean NOT NULL,
     from_status text, to_status text, to_reason text, ended_at timestamptz)`,
  `CREATE FUNCTION torture_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO torture_audit (id, before, after, same, from_status, to_status, to_reason, ended_at) VALUES
       (NEW.id, OLD.version, NEW.version, (to_jsonb(OLD) - ${OWN_COLUMNS}) = (to_jsonb(NEW) - ${OWN_COLUMNS}),
        OLD.status, NEW.status, NEW.end_reason, NEW.ended_at);
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER torture_note AFTER UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION torture_note()`,
];

export interface AuditRow {
  at: number;
  id: string;
  before: number;
  after: number;
  same: boolean;
  from_status: string;
  to_status: string;
  to_reason: string | null;
  ended_at: number | null;
}

export interface SessionRow {
  id: string;
  version: number;
  status: string;
  health: string | null;
  started_at: Date | null;
  ended_at: Date | null;
  end_reason: string | null;
  created_at: Date;
  counts_after: Date | null;
  listed: boolean;
  deleted: boolean;
  [field: string]: unknown;
}

export interface CountsRow {
  session_id: string;
  version: string;
  viewer_count: number;
  viewer_count_at: Date;
  max_viewers: number;
  max_viewers_at: Date;
}

export interface QuarantineRow {
  topic: string;
  partition: number;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Buffer;
  reason: string;
  error: string;
  state: string;
}

export interface LogRow {
  day: string;
  source: string;
  id: string;
  subject: string;
  received_at: Date;
}

export interface EntityRow {
  id: string;
  kind: string | null;
  state: Record<string, unknown> | null;
}

/** Postgres by its own port: what nobody's fault proxy can touch. Each question has a connection of its own. */
export class RecordWitness {
  constructor(private readonly url: string) {}

  async ask<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: 3000,
      application_name: 'torture',
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Whether transactions that begin now may write; tries again until it is so. */
  async readOnly(isOn: boolean): Promise<void> {
    for (;;) {
      try {
        await this.ask(`ALTER SYSTEM SET default_transaction_read_only = ${isOn ? 'on' : 'off'}`);
        await this.ask('SELECT pg_reload_conf()');
        return;
      } catch {
        // It is away itself, by another fault.
        await wait(300);
      }
    }
  }

  async installAudit(): Promise<void> {
    for (const statement of AUDIT) await this.ask(statement);
  }

  async audit(): Promise<AuditRow[]> {
    const rows = await this.ask<Record<'before' | 'after', string> & { at: Date; ended_at: Date | null }>(
      'SELECT * FROM torture_audit ORDER BY n',
    );
    return rows.map((row) => ({
      ...(row as unknown as AuditRow),
      at: row.at.getTime(),
      ended_at: row.ended_at?.getTime() ?? null,
      before: Number(row.before),
      after: Number(row.after),
    }));
  }

  async progress(prefix: string): Promise<Offsets> {
    const rows = await this.ask<{ topic: string; partition: number; next_offset: string }>(
      'SELECT topic, partition, next_offset FROM ingest_progress',
    );
    return new Map(
      rows.map((row) => [placeOf(row.topic.slice(prefix.length + 1), row.partition), BigInt(row.next_offset)]),
    );
  }

  async sessions(): Promise<Map<string, SessionRow>> {
    // A bigint comes as text.
    const rows = await this.ask<Omit<SessionRow, 'version'> & { version: string; id: string }>(
      'SELECT s.*, g.due AS next_check_at FROM sessions s LEFT JOIN session_signals g ON g.session_id = s.id',
    );
    return new Map(rows.map((row) => [row.id, { ...row, version: Number(row.version) } as SessionRow]));
  }

  async counts(): Promise<Map<string, CountsRow>> {
    return new Map((await this.ask<CountsRow>('SELECT * FROM session_counts')).map((row) => [row.session_id, row]));
  }

  buckets(): Promise<{ session_id: string; bucket: Date; min: number; max: number; last: number }[]> {
    return this.ask('SELECT session_id, bucket, min, max, last FROM viewer_buckets');
  }

  async entities(): Promise<Map<string, EntityRow>> {
    const rows = await this.ask<EntityRow>('SELECT id, kind, state FROM reference_data');
    return new Map(rows.map((row) => [row.id, row]));
  }

  eventLog(): Promise<LogRow[]> {
    // As json: what the events hold beside their attributes need not be text that Postgres can hold.
    return this.ask(
      `SELECT ((e -> 5 ->> 'time')::timestamptz AT TIME ZONE 'UTC')::date::text AS day, e -> 5 ->> 'source' AS source,
         e -> 5 ->> 'id' AS id, subject, recorded_at AS received_at
       FROM session_log, json_array_elements(entries::json) AS e WHERE e ->> 3 NOT IN ('derived', 'duplicate')`,
    );
  }

  quarantine(): Promise<QuarantineRow[]> {
    return this.ask('SELECT topic, partition, "offset", key, value, headers, reason, error, state FROM quarantine');
  }

  /** One line per table that says all that is in it: two equal ones mean that nothing has changed. */
  async fingerprint(): Promise<Record<string, string>> {
    const parts: Record<string, string> = {
      // Of who has a lease, what the watchdog decides by the clock is left out.
      sessions: `CASE WHEN (SELECT f.fold::jsonb ?| array['l', 'h'] FROM session_folds f WHERE f.id = t.id)
        THEN to_jsonb(t) - ${BY_THE_CLOCK} ELSE to_jsonb(t) END`,
      session_folds: `jsonb_build_object('id', t.id, 'room_id', t.room_id, 'fold', t.fold::jsonb - 'c')`,
      room_claims: `to_jsonb(t)`,
      session_counts: `to_jsonb(t)`,
      viewer_buckets: `to_jsonb(t)`,
      reference_data: `to_jsonb(t)`,
      event_inbox: `to_jsonb(t)`,
      // A replay in vain is counted; nothing else of a row may change.
      quarantine: `to_jsonb(t) - '{tries,last_error}'::text[]`,
    };
    const found: Record<string, string> = {};
    for (const [table, expression] of Object.entries(parts)) {
      const [row] = await this.ask<{ mark: string }>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5((${expression})::text), '' ORDER BY md5((${expression})::text))), '') AS mark FROM ${table} t`,
      );
      found[table] = row?.mark ?? '';
    }
    return found;
  }

  /** The topics that stand still or once stood still, and why. */
  pauses(): Promise<{ topic: string; why: string }[]> {
    return this.ask('SELECT topic, why FROM topic_pauses');
  }

  /** Process ids of the product's backends. */
  async backends(): Promise<number[]> {
    const rows = await this.ask<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'session-lifecycle%'`,
    );
    return rows.map(({ pid }) => pid);
  }

  async connections(): Promise<number> {
    const [row] = await this.ask<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'torture'`,
    );
    return Number(row?.count ?? 0);
  }
}
