import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { FINGERPRINTS } from './fingerprint';
import { type Offsets, placeOf } from './kafka-log';
import { AUDIT, type AuditRow, DEPARTURES, type Departure, type FoldAuditRow } from './record-audit';
import type { ClaimRow, CountsRow, EntityRow, InboxRow, QuarantineRow, SessionRow, SignalsRow } from './record-rows';
import { type LogRow, type LoggedEvent, loggedEvents } from './session-log';
import { VIEWERS_REST, VIEWER_HISTORY, type ViewerHistoryRows, type ViewerLine } from './viewer-rows';

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

  async foldAudit(): Promise<FoldAuditRow[]> {
    const rows = await this.ask<Record<'before' | 'after', string> & { id: string; same: boolean }>(
      'SELECT id, before, after, same FROM torture_folds ORDER BY n',
    );
    return rows.map((row) => ({ ...row, before: Number(row.before), after: Number(row.after) }));
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
    const rows = await this.ask<{ id: string; version: string; fold_version: string | null }>(
      `SELECT s.*, g.due, g.half_lease_ms, f.version AS fold_version FROM sessions s
       LEFT JOIN session_signals g ON g.session_id = s.id LEFT JOIN session_folds f ON f.id = s.id`,
    );
    return new Map(
      rows.map((row) => [
        row.id,
        { ...row, version: Number(row.version), fold_version: Number(row.fold_version) } as unknown as SessionRow,
      ]),
    );
  }

  async counts(): Promise<Map<string, CountsRow>> {
    return new Map((await this.ask<CountsRow>('SELECT * FROM session_counts')).map((row) => [row.session_id, row]));
  }

  /** Viewer history of all grains. */
  async viewers(): Promise<ViewerHistoryRows> {
    const lines = await this.ask<ViewerLine>(VIEWER_HISTORY);
    const [first] = lines;
    if (!first) throw new Error('the row of viewer_grains is missing');
    const { now, tensFrom, minutesFrom, leaving } = first;
    const rows = lines.flatMap(({ table, id, start, min, max, last }) =>
      table === null ? [] : [{ table, id, start, min, max, last }],
    );
    return { now, tensFrom, minutesFrom, leaving, rows };
  }

  async viewersRest(): Promise<boolean> {
    const [row] = await this.ask<{ rests: boolean }>(VIEWERS_REST);
    return row?.rests ?? false;
  }

  /** The partitions that were dropped, but for those that were empty. */
  departures(): Promise<Departure[]> {
    return this.ask(DEPARTURES);
  }

  async entities(): Promise<Map<string, EntityRow>> {
    const rows = await this.ask<EntityRow>('SELECT id, kind, state FROM reference_data');
    return new Map(rows.map((row) => [row.id, row]));
  }

  inbox(): Promise<InboxRow[]> {
    return this.ask('SELECT identity, day::text FROM event_inbox');
  }

  /** What the session log says of messages. */
  async log(prefix: string): Promise<LoggedEvent[]> {
    return loggedEvents(
      await this.ask<LogRow>('SELECT subject, topic, partition, recorded_at, entries FROM session_log'),
      prefix,
    );
  }

  claims(): Promise<ClaimRow[]> {
    return this.ask(
      `SELECT session_id, (extract(epoch FROM at) * 1000000)::bigint::text AS at, seq::text, source, event_id, room_id
       FROM room_claims`,
    );
  }

  signals(): Promise<SignalsRow[]> {
    return this.ask('SELECT session_id, last_signal_at, calm FROM session_signals');
  }

  /** How many rows Redis is yet to be told of. */
  async untold(): Promise<number> {
    const [row] = await this.ask<{ rows: string }>('SELECT count(*) AS rows FROM outbox');
    return Number(row?.rows ?? 0);
  }

  quarantine(): Promise<QuarantineRow[]> {
    return this.ask('SELECT topic, partition, "offset", key, value, headers, reason, error, state FROM quarantine');
  }

  /** One line per table that says all that is in it: two equal ones mean that nothing has changed. */
  async fingerprint(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const [table, statement] of Object.entries(FINGERPRINTS)) {
      const [row] = await this.ask<{ mark: string }>(statement);
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
