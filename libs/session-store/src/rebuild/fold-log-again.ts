import { type SessionFact, type SessionRecord, claimOf, evolve } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { moveClaims } from '../claims/move-claims';
import { neighboursOf } from '../claims/neighbours';
import { claimRow, putClaims } from '../claims/put-claims';
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
  const facts = await factsOfLog(runner, ids);
  const records = new Map<string, SessionRecord>();
  for (const [id, { record }] of held) {
    const again = (facts.get(id) ?? []).reduce<SessionRecord | undefined>(evolve, undefined);
    if (again && hasAllOf(record, again)) records.set(id, withSigns(again, record));
  }
  const notWhole = [...held.keys()].filter((id) => !records.has(id));
  if (changes) await mendClaims(runner, held, records, facts, assumed);

  const shown = await shownDigests(runner, [...records.keys()]);
  const takeovers = await takeoversOf(runner, records.values());
  const derived = [...records].map(([id, record]) => {
    const before = held.get(id);
    // What is shown counts, not what the fold's row says is shown.
    return deriveHeld(record, before && { ...before, content: shown.get(id) ?? before.content }, takeovers.get(id));
  });
  const wrong = derived.filter(({ changed, before, fold }) => changed || before?.fold !== fold);
  if (changes) await write(runner, wrong);
  const own = new Set(ids);
  const mended = wrong.map(({ id }) => id).filter((id) => own.has(id));
  return { right: held.size - notWhole.length - mended.length, mended, notWhole: notWhole.filter((id) => own.has(id)) };
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

/** Every start claims the room that the session has by its log. Sessions whose takeover may be another one then are added to `records`. */
async function mendClaims(
  runner: QueryRunner,
  held: Map<string, HeldSession>,
  records: Map<string, SessionRecord>,
  facts: ReadonlyMap<string, SessionFact[]>,
  assumed: Set<string>,
): Promise<void> {
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
  const left = await neighboursOf(
    runner,
    [],
    moved.filter(({ from, to }) => from !== to),
  );
  await moveClaims(runner, moved);
  await putClaims(runner, claims);
  const joined = await neighboursOf(runner, claims, []);
  const neighbours = [...new Set([...left, ...joined])].filter((id) => !held.has(id)).sort();
  for (const [id, neighbour] of await lockFolds(runner, neighbours)) {
    held.set(id, neighbour);
    records.set(id, neighbour.record);
  }
}

async function write(runner: QueryRunner, wrong: readonly DerivedSession[]): Promise<void> {
  if (wrong.length === 0) return;
  const { moves, before } = await writeDerived(runner, wrong);
  const now = Date.now() * 1000;
  await writeLog(
    runner,
    derivedRows(wrong, before, () => now),
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
