import type { Presentable } from '#libs/session';
import type { ListedPage } from '#libs/session-store';
import type { FrozenPosition } from './cursor';
import type { ReadPart, Wanted } from './frozen-orders';
import { type OrderKey, comparison } from './order-key';
import type { ListSource } from './list-source';

export interface FrozenPage extends ListedPage {
  /** Where the next page begins; null: there is none. */
  next: FrozenPosition | null;
}

/** A session that is read and not given yet. */
interface Waiting<P> {
  row: Presentable;
  /** Its own key, or the earliest key behind it, so that a session that moved back holds nobody up. */
  key: OrderKey;
  /** The position in the list behind it. */
  behind: P;
}

/** One of the two lists of a frozen order. */
interface Line<P> {
  waiting: Waiting<P>[];
  /** Where to read on. */
  at: P;
  isEnded: boolean;
}

interface Lines {
  open: Line<number>;
  past: Line<number | OrderKey>;
}

type ReadOrder = (wanted: Wanted) => Promise<ReadPart>;

const LEAST_READ = 100;
const NOTHING: Wanted = { open: { from: 0, count: 0 }, past: { from: 0, count: 0 }, known: [] };

/**
 * One page of a frozen order: the open and the past ones merged, as they stand to one another now. A frozen session is
 * given at its place whatever it is by now, if it is still asked for. Past ones behind the frozen ones are read by key,
 * without those that the order has: they were open, or came earlier, when it was frozen.
 */
export async function frozenPage(source: ListSource, from: FrozenPosition, read: ReadOrder): Promise<FrozenPage> {
  const lines: Lines = {
    open: { waiting: [], at: from.open, isEnded: false },
    past: { waiting: [], at: from.past, isEnded: false },
  };
  const rows: Presentable[] = [];
  const next = { ...from };
  let counted: ListedPage = await readMore(source, lines, read);
  for (;;) {
    while (needsMore(lines.open) || needsMore(lines.past)) counted = await readMore(source, lines, read);
    const isOpenNext = isOpenFirst(source, lines);
    if (isOpenNext === null) return { ...counted, rows, next: null };
    if (rows.length === source.query.limit) return { ...counted, rows, next };
    if (isOpenNext) next.open = give(lines.open, rows);
    else next.past = give(lines.past, rows);
  }
}

function needsMore({ waiting, isEnded }: Line<unknown>): boolean {
  return waiting.length === 0 && !isEnded;
}

/** Which list has the next session; null: none has one. */
function isOpenFirst({ query }: ListSource, { open, past }: Lines): boolean | null {
  const [openOne] = open.waiting;
  const [pastOne] = past.waiting;
  if (!openOne || !pastOne) return openOne || pastOne ? openOne !== undefined : null;
  return comparison(query.order ?? 'desc')(openOne.key, pastOne.key) < 0;
}

/** Moves the first that waits to the rows; the position behind it. */
function give<P>(line: Line<P>, rows: Presentable[]): P {
  const [first] = line.waiting.splice(0, 1) as [Waiting<P>];
  rows.push(first.row);
  return first.behind;
}

/** Reads on in the lists of which nothing waits; how many there are in all is counted with what is read. */
async function readMore(source: ListSource, { open, past }: Lines, read: ReadOrder): Promise<ListedPage> {
  // One more than the page has tells whether another one follows.
  const count = Math.max(LEAST_READ, source.query.limit + 1);
  const pastAt = past.at;
  const part = await read({
    ...NOTHING,
    open: { from: open.at, count: needsMore(open) ? count : 0 },
    past: {
      from: typeof pastAt === 'number' ? pastAt : 0,
      count: needsMore(past) && typeof pastAt === 'number' ? count : 0,
    },
  });
  const found = await source.among([...part.open, ...part.past]);
  const byId = new Map(found.rows.map((row) => [row.session.id, row]));
  if (needsMore(open)) {
    line(source, open, part.open, byId, open.at);
    open.at += part.open.length;
    open.isEnded = open.at >= part.openCount;
  }
  if (!needsMore(past)) return found;
  if (typeof pastAt !== 'number') {
    await readBehind(source, past, pastAt, count, read);
    return found;
  }
  line(source, past, part.past, byId, pastAt);
  const readTo = pastAt + part.past.length;
  past.at = readTo;
  if (readTo >= part.pastCount) {
    past.isEnded = part.rest === null;
    past.at = part.rest ?? readTo;
  }
  return found;
}

/** Past sessions by key, behind a position. */
async function readBehind(
  source: ListSource,
  past: Lines['past'],
  after: OrderKey,
  count: number,
  read: ReadOrder,
): Promise<void> {
  const rows = await source.pastAfter(after, count);
  const last = rows.at(-1);
  const { known } = await read({ ...NOTHING, known: rows.map(({ session }) => session.id) });
  const fresh = rows.filter(({ session }) => !known.has(session.id));
  past.waiting.push(
    ...inLine(
      source,
      fresh.map((row) => ({ row, behind: source.keyOf(row) })),
    ),
  );
  past.at = last ? source.keyOf(last) : after;
  past.isEnded = rows.length < count;
}

function line(
  source: ListSource,
  to: { waiting: Waiting<number | OrderKey>[] } | { waiting: Waiting<number>[] },
  ids: readonly string[],
  byId: ReadonlyMap<string, Presentable>,
  from: number,
): void {
  const found = ids.flatMap((id, at) => {
    const row = byId.get(id);
    return row ? [{ row, behind: from + at + 1 }] : [];
  });
  to.waiting.push(...inLine(source, found));
}

/** Each gets the earliest key of itself and those behind it. */
function inLine<P>(source: ListSource, read: readonly { row: Presentable; behind: P }[]): Waiting<P>[] {
  const compare = comparison(source.query.order ?? 'desc');
  let earliest: OrderKey | undefined;
  return read
    .toReversed()
    .map(({ row, behind }) => {
      const own = source.keyOf(row);
      earliest = earliest && compare(earliest, own) < 0 ? earliest : own;
      return { row, behind, key: earliest };
    })
    .toReversed();
}
