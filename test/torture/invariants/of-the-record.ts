import { expectedCounts } from '../oracle/counts';
import { expectedEntities } from '../oracle/entities';
import type { AuditRow, FoldAuditRow } from '../oracle/record-audit';
import type { SessionRow } from '../oracle/record-rows';
import { expectedSessions } from '../../given/expected-sessions';
import { type Told, type Truth, firstCopies } from '../oracle/truth';
import type { RecordState } from '../oracle/view';

/** I1 for counts: register and peak. */
export function countsAgainst({ told }: Truth, { counts }: RecordState): string[] {
  const expected = expectedCounts(told);
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

/**
 * I4: a change of the content is one step of the version, and no step is larger. The row with the content is written for
 * nothing less; a fold may change while what is shown stays. At rest both say the same version.
 */
export function versionsAgainst(
  audit: readonly AuditRow[],
  folds: readonly FoldAuditRow[],
  sessions: ReadonlyMap<string, SessionRow>,
): string[] {
  return [
    ...audit
      .filter(({ before, after }) => after !== before + 1)
      .map(
        ({ id, before, after, same }) => `${id}: ${before} to ${after} with ${same ? 'the same' : 'another'} content`,
      ),
    ...folds
      .filter(({ before, after, same }) => (same ? after < before || after > before + 1 : after !== before + 1))
      .map(
        ({ id, before, after, same }) => `${id}: fold ${before} to ${after}, ${same ? 'the same' : 'another'} content`,
      ),
    ...[...sessions.values()]
      .filter(({ version, fold_version: ofFold }) => version !== ofFold)
      .map(({ id, version, fold_version: ofFold }) => `${id}: version ${version} is shown, its fold has ${ofFold}`),
  ];
}

/** How far the watchdog has looked; epoch ms, ms. */
export interface Watch {
  watermark: number;
  /** Leases longer than this are not looked at yet. */
  longestLeaseMs: number;
}

const BY_THE_CLOCK = ['status', 'health', 'ended_at', 'end_reason'];

/** What the rules make of all that was said of sessions; `watermark` in epoch ms. */
export function expectedOf(told: readonly Told[], watermark: number): ReturnType<typeof expectedSessions> {
  return expectedSessions(
    firstCopies(told).filter(({ record }) => record.topic === 'sessions'),
    watermark,
  );
}

/** I5: each row is what the rules make of all that was said. */
export function sessionsAgainst({ told }: Truth, { sessions }: RecordState, watch: Watch): string[] {
  const expected = expectedOf(told, watch.watermark);
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
  // A start claims the room that its session has, whichever it says itself.
  const claims = Map.groupBy(
    told.filter(({ type, subject }) => type === 'session.started.v1' && sessions.get(subject)?.['room_id'] != null),
    ({ subject }) => String(sessions.get(subject)?.['room_id']),
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
