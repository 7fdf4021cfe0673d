import { type SessionFact, type SessionRecord, claimOf, evolve } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { changeClaims } from '../claims/change-claims';
import { type ClaimRow, claimRow } from '../claims/put-claims';
import { takeoversOf } from '../claims/takeovers';
import { type DerivedSession, deriveHeld } from '../folds/derive-held';
import { type HeldSession, lockFolds } from '../folds/lock-folds';
import { lockSessions } from '../folds/lock-sessions';
import { writeDerived } from '../folds/write-derived';
import { noteInOutbox } from '../outbox/note-in-outbox';
import { derivedRows } from '../session-log/derived-rows';
import { writeLog } from '../session-log/write-log';
import { keepTotals } from '../totals/keep-totals';
import { Outdated, inTransaction } from '../transaction';
import { factsOfLog } from './facts-of-log';
import { hasAllOf } from './has-all-of';
import { shownDigests } from './shown-digests';

/** How many sessions were as their log says, and which were not. */
export interface FoldedAgain {
  right: number;
  /** They are as their log says now; without changes: they are not. */
  mended: string[];
  /** The log lacks what their fold was made of: they stay as they are. */
  notWhole: string[];
}

/** `ownDigest`: of the content that the product wrote last. */
type Folded = DerivedSession & { ownDigest: Buffer };

/** Bounds what one transaction locks, and how much of the log it holds in memory. */
const PAGE = 100;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Folds what the log has of every session, in the order of their ids, and mends folds, claims and content that are not what
 * comes of it, page by page. Services may run. `changes`: false only tells. `tell` gets what was found so far.
 */
export async function foldLogAgain(
  source: DataSource,
  changes: boolean,
  tell: (soFar: FoldedAgain) => void = () => {},
): Promise<FoldedAgain> {
  const all: FoldedAgain = { right: 0, mended: [], notWhole: [] };
  let ids = await pageFrom(source, BEFORE_ALL, '>=');
  for (let last = ids.at(-1); last !== undefined; last = ids.at(-1)) {
    const rooms = new Set<string>();
    const page = ids;
    const found = await inTransaction(source, (runner) => foldPage(runner, page, changes, rooms));
    all.right += found.right;
    all.mended.push(...found.mended);
    all.notWhole.push(...found.notWhole);
    tell(all);
    ids = await pageFrom(source, last, '>');
  }
  return all;
}

async function foldPage(
  runner: QueryRunner,
  ids: readonly string[],
  changes: boolean,
  assumed: Set<string>,
): Promise<FoldedAgain> {
  await lookUpByKeys(runner);
  const held = await lockSessions(runner, ids, [], assumed);
  const own = new Set(held.keys());
  const facts = await factsOfLog(runner, ids);
  const records = new Map<string, SessionRecord>();
  for (const [id, { record }] of held) {
    const again = foldAgain(record, facts.get(id) ?? []);
    if (again && hasAllOf(record, again)) records.set(id, withSigns(again, record));
  }
  const notWhole = [...held.keys()].filter((id) => !records.has(id));
  // Without changes the same is done, and undone: so that it finds the same.
  await runner.query('SAVEPOINT before_mending');
  const claimless = await mendClaims(runner, held, records, facts, assumed);

  const shown = await shownDigests(runner, [...records.keys()]);
  const takeovers = await takeoversOf(runner, records.values());
  const derived = [...records].map(([id, record]) => {
    const before = held.get(id);
    // What is shown counts, not what the fold's row says is shown.
    const content = shown.get(id) ?? before?.content;
    const now = deriveHeld(record, before && content && { ...before, content }, takeovers.get(id));
    return { ...now, ownDigest: before?.content ?? now.digest };
  });
  const wrong = derived.filter(({ changed, before, fold }) => changed || before?.fold !== fold);
  if (changes) await write(runner, wrong);
  else await runner.query('ROLLBACK TO SAVEPOINT before_mending');
  const mended = [...new Set([...claimless, ...wrong.map(({ id }) => id)])].filter((id) => own.has(id)).sort();
  return { right: own.size - notWhole.length - mended.length, mended, notWhole };
}

/** What one that left and came back was told before it left does not count any more, though the log may have it. */
function foldAgain({ id, left_at: leftAt, deleted }: SessionRecord, facts: SessionFact[]): SessionRecord | undefined {
  if (leftAt === undefined) return facts.reduce<SessionRecord | undefined>(evolve, undefined);
  const raised: SessionRecord = { id, fields: {}, ...(deleted && { deleted }), left_at: leftAt };
  return facts.filter(({ brokerTime }) => brokerTime >= leftAt).reduce<SessionRecord>(evolve, raised);
}

/** The log has no heartbeats and no looks: of these the fold knows the latest. */
function withSigns(again: SessionRecord, { heartbeats, checked_at, last_signal_at }: SessionRecord): SessionRecord {
  const signals = [again.last_signal_at, last_signal_at].filter((ms) => ms !== undefined);
  return {
    ...again,
    ...(heartbeats && { heartbeats }),
    ...(checked_at !== undefined && { checked_at }),
    ...(signals.length > 0 && { last_signal_at: Math.max(...signals) }),
  };
}

/** Every start claims the room that the session has by its log. Sessions whose takeover may be another one then are added to `records`. Gives those whose claims were not so. */
async function mendClaims(
  runner: QueryRunner,
  held: Map<string, HeldSession>,
  records: Map<string, SessionRecord>,
  facts: ReadonlyMap<string, SessionFact[]>,
  assumed: Set<string>,
): Promise<string[]> {
  const moved = [...records].map(([id, record]) => ({
    id,
    from: held.get(id)?.roomId ?? null,
    to: record.fields.room_id?.value ?? null,
  }));
  const unlocked = moved.find(({ from, to }) => to !== null && to !== from && !assumed.has(to));
  if (unlocked?.to) {
    assumed.add(unlocked.to);
    throw new Outdated('the room that a session has by its log');
  }
  const claims = [...records].flatMap(([id, record]) =>
    (facts.get(id) ?? []).flatMap((fact) => {
      const claim = claimOf(fact);
      return claim ? [claimRow(claim, record.fields.room_id?.value ?? null)] : [];
    }),
  );
  const wrong = await withOtherClaims(runner, [...records.keys()], claims);
  // All of them: a claim may lie elsewhere though the room is the same.
  const beside = await changeClaims(runner, moved, claims);
  const neighbours = beside.filter((id) => !held.has(id)).sort();
  for (const [id, neighbour] of await lockFolds(runner, neighbours)) {
    held.set(id, neighbour);
    records.set(id, neighbour.record);
  }
  return wrong;
}

/** Sessions that lack a claim, or have one on another room. A claim that the log does not know is left alone. */
async function withOtherClaims(
  runner: QueryRunner,
  ids: readonly string[],
  claims: readonly ClaimRow[],
): Promise<string[]> {
  const rows = (await runner.query(CLAIMS, [ids])) as { id: string; room_id: string | null; claims: number }[];
  const there = new Map(rows.map((row) => [`${row.id} ${row.room_id}`, row.claims]));
  const wanted = new Map<string, Set<string>>();
  for (const { session_id: id, room_id: room, at, seq, source, event_id } of claims) {
    const tokens = wanted.get(`${id} ${room}`) ?? new Set();
    wanted.set(`${id} ${room}`, tokens.add(JSON.stringify([at, seq, source, event_id])));
  }
  const lacking = [...wanted].filter(([place, tokens]) => (there.get(place) ?? 0) < tokens.size);
  return lacking.map(([place]) => place.slice(0, place.indexOf(' ')));
}

async function write(runner: QueryRunner, wrong: readonly Folded[]): Promise<void> {
  if (wrong.length === 0) return;
  // Where the product wrote the right content last, and somebody else another one, the totals count the right one.
  const isCounted = ({ digest, ownDigest }: Folded) => digest.equals(ownDigest);
  const counted = await writeDerived(runner, wrong.filter(isCounted));
  const { moves, before } = await writeDerived(
    runner,
    wrong.filter((one) => !isCounted(one)),
  );
  const now = Date.now() * 1000;
  await writeLog(
    runner,
    derivedRows(wrong, new Map([...counted.before, ...before]), () => now),
  );
  await keepTotals(runner, moves);
  await noteInOutbox(runner, { sessions: wrong.map(({ id }) => id) });
}

async function pageFrom(source: DataSource, id: string, from: '>' | '>='): Promise<string[]> {
  const rows = (await source.query(from === '>' ? NEXT_PAGE : FIRST_PAGE, [id, PAGE])) as { id: string }[];
  return rows.map((row) => row.id);
}

const FIRST_PAGE = `SELECT id FROM session_folds WHERE id >= $1 ORDER BY id LIMIT $2`;
const NEXT_PAGE = `SELECT id FROM session_folds WHERE id > $1 ORDER BY id LIMIT $2`;

const CLAIMS = `
  SELECT session_id AS id, room_id, count(*)::int AS claims FROM room_claims
  WHERE session_id = ANY($1::uuid[]) GROUP BY session_id, room_id`;
