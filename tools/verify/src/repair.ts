import { setTimeout as wait } from 'node:timers/promises';
import { ProjectionContents, ProjectionWriter } from '#libs/live-projection';
import {
  type Difference,
  Outbox,
  ProjectionEpochs,
  SessionStore,
  type ToTell,
  addToTotals,
  repairReferenceTexts,
  repairSessions,
  tellAgain,
} from '#libs/session-store';
import type { DataSource } from 'typeorm';
import type { Places } from './flags';
import { type CheckProgress, SILENT } from './check-progress';
import type { Report } from './report';
import { type Verified, openRecord, verify } from './verify';

const AT_ONCE = 500;
const TOLD_LIMIT_MS = 30_000;
const LOOK_MS = 200;
/** Where more differ a new epoch is the shorter way. */
const MANY = 5000;

const OF_SESSIONS = new Set(['session', 'fold', 'signals', 'text', 'claim']);
/** Also `… missing` and `… too many`. */
const OF_REDIS = /^Redis (session|counts|room|host|preset)\b/;

/**
 * Repairs what verify found and can be derived: tables from the folds, Redis from Postgres. Then verifies again; what came
 * right by the repair of something else needs none. Never invents: what is known nowhere else is only told.
 */
export async function repair(places: Places, before: Verified, progress: CheckProgress = SILENT): Promise<Report> {
  if (places.databaseUrl === undefined) return { ...before.report, repaired: [] };
  const source = await openRecord(places.databaseUrl);
  const repaired: string[] = [];
  try {
    const differences = before.findings.flatMap(({ all }) => all);
    repaired.push(...(await repairRecord(source, differences)));
    if (places.redis) repaired.push(...(await repairProjection(source, places.redis, before, differences)));
  } finally {
    await source.destroy();
  }
  if (repaired.length === 0) return { ...before.report, repaired };
  return { ...(await verify(places, progress)).report, repaired };
}

async function repairRecord(source: DataSource, differences: readonly Difference[]): Promise<string[]> {
  const did: string[] = [];
  const idsOf = (isMeant: (one: Difference) => boolean) => [
    ...new Set(differences.filter(isMeant).map(({ id }) => id)),
  ];
  let sessions = 0;
  for (const ids of parts(idsOf(({ kind }) => OF_SESSIONS.has(kind)).sort())) {
    sessions += (await repairSessions(source, ids)).length;
  }
  if (sessions > 0) did.push(`${sessions} sessions were written again from their folds, with newer versions`);
  const texts = idsOf(({ kind }) => kind === 'entity text').sort();
  for (const ids of parts(texts)) await repairReferenceTexts(source, ids);
  if (texts.length > 0) did.push(`the texts of ${texts.length} rooms and hosts were folded again`);
  if (differences.some(({ kind }) => kind === 'total')) {
    await addToTotals(source);
    did.push('the totals were counted again');
  }
  return did;
}

async function repairProjection(
  source: DataSource,
  redis: NonNullable<Places['redis']>,
  { report }: Verified,
  differences: readonly Difference[],
): Promise<string[]> {
  const suspects = differences.flatMap(({ kind, id }) => {
    const [, held] = OF_REDIS.exec(kind) ?? [];
    return held === undefined ? [] : [{ kind: held as ToTell['kind'], id }];
  });
  // Where readers alone are wrong, a new epoch makes them all load again.
  const areReadersAlone = differences.length > 0 && differences.every(({ kind }) => /^(REST|socket)/.test(kind));
  const isLost = differences.some(({ kind }) => kind === 'projection');
  if (isLost || areReadersAlone || suspects.length > MANY) return rebuild(source, redis);
  if (suspects.length === 0) return [];
  const contents = new ProjectionContents(redis);
  try {
    const held = await contents.some(report.position?.epoch ?? 0, suspects);
    const versions = new Map(held.map(({ kind, id, change }) => [`${kind} ${id}`, change?.version ?? 0]));
    const isUnreadable = held.some(({ change }) => change === null);
    const toTell: ToTell[] = suspects.map((one) => ({ ...one, held: versions.get(`${one.kind} ${one.id}`) ?? 0 }));
    const known = new Set<string>();
    for (const some of parts(toTell)) for (const id of await tellAgain(source, some)) known.add(id);
    const did = known.size > 0 ? [await told(source, known.size)] : [];
    const isForeign = suspects.some(({ id }) => !known.has(id));
    return isForeign || isUnreadable ? [...did, ...(await rebuild(source, redis))] : did;
  } finally {
    contents.close();
  }
}

/** Waits until the running service has told Redis. */
async function told(source: DataSource, count: number): Promise<string> {
  const outbox = new Outbox(source);
  const until = await outbox.newestId();
  const deadline = Date.now() + TOLD_LIMIT_MS;
  for (;;) {
    const oldest = await outbox.oldestId();
    if (oldest === null || oldest > until) return `${count} entries of Redis were told again`;
    if (Date.now() > deadline) {
      return `${count} entries of Redis are noted in the outbox; no session-lifecycle has told them within 30 s: start one`;
    }
    await wait(LOOK_MS);
  }
}

/** What Redis holds and the record does not know can only be forgotten with the epoch. */
async function rebuild(source: DataSource, redis: NonNullable<Places['redis']>): Promise<string[]> {
  const writer = new ProjectionWriter(redis);
  try {
    const epochs = new ProjectionEpochs(source);
    const { position, building } = await writer.inspect();
    const epoch = await epochs.next(Math.max(position?.epoch ?? 0, building ?? 0));
    const begun = () => epochs.begin(epoch);
    const isDone = await writer.rebuild(epoch, new SessionStore(source).pages(), { begun, forgetFresh: true });
    if (!isDone) return ['Redis is being rebuilt by somebody else'];
    await writer.clean();
    return [`Redis was rebuilt from Postgres, in epoch ${epoch}`];
  } finally {
    await writer.close();
  }
}

function parts<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, at) =>
    all.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}
