import { bucketKey, expectedCounts } from '../oracle/counts';
import { expectedEntities } from '../oracle/entities';
import type { LogRecord } from '../oracle/kafka-log';
import type { AuditRow, LogRow, QuarantineRow, RecordWitness } from '../oracle/record-witness';
import { headersInKafka, headersInQuarantine } from '../oracle/stored-headers';
import { expectedSessions } from '../../given/expected-sessions';
import { type Told, type Truth, identityOf } from '../oracle/truth';
import type { RecordState } from '../oracle/view';

/** I1: the log has an event of the lifecycle or of reference data once, heartbeats not at all; nothing else. */
export function logAgainst({ told }: Truth, log: readonly LogRow[]): string[] {
  const rows = new Map<string, number>();
  for (const { day, source, id } of log)
    rows.set(`${day} ${source} ${id}`, (rows.get(`${day} ${source} ${id}`) ?? 0) + 1);
  const logged = told.filter(({ record, type }) => record.topic !== 'viewers' && type !== 'session.heartbeat.v1');
  const events = new Set(logged.map(identityOf));
  const lost = [...events].filter((identity) => rows.get(identity) !== 1);
  const unknown = [...rows.keys()].filter((identity) => !events.has(identity));
  return [
    ...lost.map((identity) => `${identity} has ${rows.get(identity) ?? 0} rows`),
    ...unknown.map((identity) => `${identity} was never sent`),
  ];
}

/** I1 for counts: register and peak. */
export function countsAgainst({ told }: Truth, { counts }: RecordState): string[] {
  const expected = expectedCounts(told).sessions;
  const against = [...counts.keys()].filter((id) => !expected.has(id)).map((id) => `${id} was never counted`);
  for (const [id, one] of expected) {
    const row = counts.get(id);
    const found = row && {
      viewer_count: row.viewer_count,
      viewer_count_at: row.viewer_count_at.getTime(),
      max_viewers: row.max_viewers,
      max_viewers_at: row.max_viewers_at.getTime(),
    };
    if (JSON.stringify(found) !== JSON.stringify(one))
      against.push(`${id}: ${JSON.stringify({ expected: one, found })}`);
  }
  return against;
}

/** I11 */
export function bucketsAgainst({ told }: Truth, rows: Awaited<ReturnType<RecordWitness['buckets']>>): string[] {
  const { buckets } = expectedCounts(told);
  const found = new Map(
    rows.map(({ session_id: id, bucket, min, max, last }) => [bucketKey(id, bucket.getTime()), { min, max, last }]),
  );
  const against = [...found.keys()].filter((key) => !buckets.has(key)).map((key) => `${key} was never counted`);
  for (const [key, expected] of buckets) {
    if (JSON.stringify(found.get(key)) !== JSON.stringify(expected)) {
      against.push(`${key}: ${JSON.stringify({ expected, found: found.get(key) })}`);
    }
  }
  return against;
}

/** I2 and I14: in quarantine is what nobody can take, each once, as it was sent; and nothing else. */
export function quarantineAgainst({ poison, conflicts }: Truth, rows: readonly QuarantineRow[], prefix: string) {
  const meant = [...poison.map(({ record }) => record), ...conflicts];
  const place = ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint | string }) =>
    `${topic}/${partition}@${offset}`;
  const found = new Map<string, QuarantineRow[]>();
  for (const row of rows) {
    const at = place({ ...row, topic: row.topic.slice(prefix.length + 1) });
    found.set(at, [...(found.get(at) ?? []), row]);
  }
  const dropped = meant.flatMap((record) => {
    const [row, ...more] = found.get(place(record)) ?? [];
    if (!row || more.length > 0) return [`${place(record)} has ${row ? 1 + more.length : 0} rows`];
    return isSame(row, record) ? [] : [`${place(record)} is not as it was sent`];
  });
  const meantPlaces = new Set(meant.map(place));
  const valid = [...found]
    .filter(([at]) => !meantPlaces.has(at))
    .map(([at, [row]]) => `${at} is in quarantine: ${row?.reason}, ${row?.error}`);
  return { dropped, valid };
}

function isSame(row: QuarantineRow, record: LogRecord): boolean {
  const base64 = (bytes: Buffer | null) => bytes && bytes.toString('base64');
  return (
    base64(row.key) === base64(record.key) &&
    base64(row.value) === base64(record.value) &&
    JSON.stringify(headersInQuarantine(row.headers)) === JSON.stringify(headersInKafka(record.headers))
  );
}

/** I4: a change of the content is one step of the version, and no step is larger. */
export function versionsAgainst(audit: readonly AuditRow[]): string[] {
  return audit
    .filter(({ before, after, same }) => (same ? after < before || after > before + 1 : after !== before + 1))
    .map(({ id, before, after, same }) => `${id}: ${before} to ${after} with ${same ? 'the same' : 'another'} content`);
}

/** How far the watchdog has looked; epoch ms, ms. */
export interface Watch {
  watermark: number;
  /** Leases longer than this are not looked at yet. */
  longestLeaseMs: number;
}

const BY_THE_CLOCK = ['status', 'health', 'ended_at', 'end_reason'];

/** I5: each row is what the rules make of all that was said. */
export function sessionsAgainst({ told }: Truth, { sessions }: RecordState, watch: Watch): string[] {
  const ofSessions = told.filter(({ record }) => record.topic === 'sessions');
  const expected = expectedSessions(ofSessions, watch.watermark);
  const against: string[] = [];
  for (const [id, one] of expected) {
    const row = sessions.get(id);
    if (!row) {
      against.push(`${id} has no row`);
      continue;
    }
    const text = (value: unknown) => JSON.stringify((value instanceof Date ? value.getTime() : value) ?? null);
    const wanted: Record<string, unknown> = { ...one.fields, ...one };
    const isHeld = (one.lease_ms ?? 0) > watch.longestLeaseMs;
    const unlooked = [...(one.listed ? [] : ['status', 'health']), ...(isHeld || one.deleted ? BY_THE_CLOCK : [])];
    for (const name of ['fields', 'lease_ms', 'created_at', ...unlooked]) delete wanted[name];
    for (const [name, value] of Object.entries(wanted)) {
      // A bigint comes as text.
      const found = typeof value === 'number' && typeof row[name] === 'string' ? Number(row[name]) : row[name];
      if (text(found) !== text(value)) against.push(`${id}: ${name} is ${text(found)}, not ${text(value)}`);
    }
  }
  for (const id of sessions.keys()) if (!expected.has(id)) against.push(`${id} was never spoken of`);
  return against;
}

/** I12: nobody was ended as lost who was heard again within the lease, however late that arrived. */
export function lostAgainst(
  { told }: Truth,
  audit: readonly AuditRow[],
  { sessions }: RecordState,
): { lost: number; against: string[] } {
  const claims = Map.groupBy(
    told.filter(({ type, data }) => type === 'session.started.v1' && typeof data['room_id'] === 'string'),
    ({ data }) => String(data['room_id']).toLowerCase(),
  );
  // Whoever took its room over ends it anyhow; which reason it has meanwhile depends on who is heard first.
  const isTakenOver = (id: string, since: number) =>
    (claims.get(String(sessions.get(id)?.['room_id'])) ?? []).some((one) => one.subject !== id && ms(one.at) > since);

  const signals = Map.groupBy(
    told.filter(({ type }) => type === 'session.started.v1' || type === 'session.heartbeat.v1'),
    ({ subject }) => subject,
  );
  const lost = audit.filter(({ from_status: from, to_reason: why }) => from === 'live' && why === 'lost');
  const against = lost.flatMap(({ id, ended_at: endedAt }) => {
    const all = (signals.get(id) ?? []).toSorted((a, b) => a.at - b.at);
    const lease = leaseMs(all);
    // Only what was said at its time: what was meant to be late could not be waited for.
    const next = all.find(({ at, intent }) => ms(at) > (endedAt ?? 0) && intent.meaning === 'beat');
    // What reached Kafka only after the lease was over could not be known.
    if (!next || endedAt === null || next.record.timestamp - endedAt > lease || isTakenOver(id, endedAt)) return [];
    return [`${id} was lost at ${endedAt}, and heard ${ms(next.at) - endedAt} ms later; its lease is ${lease} ms`];
  });
  return { lost: lost.length, against };
}

/** The whole milliseconds of epoch µs. */
function ms(us: number): number {
  return Math.floor(us / 1000);
}

function leaseMs(signals: readonly Told[]): number {
  const leases = signals.map(({ data }) => data['lease_seconds']).filter((seconds) => seconds != null);
  return Math.min(...(leases.length > 0 ? leases.map(Number) : [60])) * 1000;
}

/** I18 */
export function entitiesAgainst(truth: Truth, { entities }: RecordState): string[] {
  const expected = expectedEntities(truth);
  const against = [...entities.keys()].filter((id) => !expected.has(id)).map((id) => `${id} was never told of`);
  for (const [id, one] of expected) {
    const row = entities.get(id);
    const state = (value: Record<string, unknown> | null | undefined) =>
      value &&
      Object.fromEntries(
        Object.entries(value)
          .filter(([, part]) => part !== null)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    const [wanted, found] = [state(one.state), state(row?.state)].map((value) => JSON.stringify(value ?? null));
    // Of what is deleted nobody sees the kind; a tombstone does not say it.
    const isOther = one.state !== null && row?.kind !== one.kind;
    if (wanted !== found || isOther) against.push(`${id}: ${wanted} expected, ${found} found`);
  }
  return against;
}
