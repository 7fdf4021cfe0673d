import type { QueryRunner } from 'typeorm';
import type { QuarantinedPlace } from './quarantined-place';

/** Offsets that may lie between two ranges that become one. */
const BETWEEN = 10_000;
/** Open ranges of a partition that name a source and a reason; what comes beyond stands in one for several. */
const MOST_RANGES = 1000;
/** New ones of one slice: each costs its statements. */
const MOST_NEW = 50;

interface Range {
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
  source: string;
  reason: string;
  messages: number;
  firstMs: bigint;
  lastMs: bigint;
}

/**
 * Notes where records stand for which the quarantine has no room: their bytes stay in Kafka until its retention ends. A
 * range names the first and the last of them, and how many there are; what lies between them and can be read was taken.
 */
export async function writeRanges(runner: QueryRunner, places: readonly QuarantinedPlace[]): Promise<void> {
  for (const ofPartition of groupsOf(places, ({ topic, partition }) => JSON.stringify([topic, partition]))) {
    const [first] = ofPartition;
    if (!first) continue;
    const open = await openRanges(runner, first);
    const groups = groupsOf(ofPartition, ({ source, reason }) => JSON.stringify([source, reason])).map(rangeOf);
    const room = Math.min(MOST_RANGES - open.length, MOST_NEW);
    // With no room left for all of them, they are noted together.
    const isCrowded = groups.filter((range) => !joined(open, range)).length > room;
    const ranges = isCrowded ? [severalOf(ofPartition)] : groups;
    for (const range of ranges) await writeRange(runner, range, isCrowded ? null : BETWEEN);
  }
}

function joined(open: readonly Pick<Range, 'source' | 'reason' | 'to'>[], { source, reason, from }: Range): boolean {
  return open.some(
    (one) => one.source === source && one.reason === reason && one.to < from && from - one.to <= BigInt(BETWEEN),
  );
}

async function openRanges(runner: QueryRunner, { topic, partition }: QuarantinedPlace) {
  const rows = (await runner.query(
    `SELECT source, reason, to_offset FROM quarantine_ranges
     WHERE topic = $1 AND partition = $2 AND state = 'open' AND reason <> 'several' LIMIT $3`,
    [topic, partition, MOST_RANGES],
  )) as { source: string; reason: string; to_offset: string }[];
  return rows.map(({ source, reason, to_offset: to }) => ({ source, reason, to: BigInt(to) }));
}

/** `between`: offsets that may lie between it and the one that it extends; null: any number. */
async function writeRange(runner: QueryRunner, range: Range, between: number | null): Promise<void> {
  const { topic, partition, from, to, source, reason, messages, firstMs, lastMs } = range;
  const values = [topic, partition, from, to, source, reason, messages, firstMs, lastMs].map(String);
  const [, extended] = (await runner.query(
    `UPDATE quarantine_ranges SET to_offset = $4, messages = messages + $7,
       first_ms = least(first_ms, $8), last_ms = greatest(last_ms, $9)
     WHERE id = (SELECT max(id) FROM quarantine_ranges WHERE topic = $1 AND partition = $2 AND source = $5 AND reason = $6
       AND state = 'open' AND to_offset < $3 AND ($10::bigint IS NULL OR $3::bigint - to_offset <= $10))`,
    [...values, between],
  )) as [unknown[], number];
  if (extended > 0) return;
  await runner.query(
    `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values,
  );
}

function severalOf(places: readonly QuarantinedPlace[]): Range {
  return { ...rangeOf(places), source: '', reason: 'several' };
}

function rangeOf(places: readonly QuarantinedPlace[]): Range {
  const [first] = places;
  if (!first) throw new Error('a range of nothing');
  const { topic, partition, source, reason } = first;
  const range: Range = {
    topic,
    partition,
    source,
    reason,
    messages: places.length,
    from: BigInt(first.from),
    to: BigInt(first.offset),
    firstMs: BigInt(first.ms),
    lastMs: BigInt(first.ms),
  };
  for (const { from, offset, ms } of places) {
    if (BigInt(from) < range.from) range.from = BigInt(from);
    if (BigInt(offset) > range.to) range.to = BigInt(offset);
    if (BigInt(ms) < range.firstMs) range.firstMs = BigInt(ms);
    if (BigInt(ms) > range.lastMs) range.lastMs = BigInt(ms);
  }
  return range;
}

function groupsOf<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}
