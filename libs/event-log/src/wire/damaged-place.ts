import { setTimeout as wait } from 'node:timers/promises';
import { beginTogether } from './batch-frame';
import { type Asked, type Damage, readRecordSet } from './record-set';
import { plausibleTime } from './plausible-time';

/** What Kafka answers when it is asked for an offset: batches, the first of which has it or lies behind it. */
export interface SetAnswer {
  set: Buffer;
  /** The high watermark. */
  end: bigint;
}

export type AskForOffset = (offset: bigint) => Promise<SetAnswer>;

/** What became of a place where nothing could be believed. */
export type Finding =
  | { kind: 'healed' }
  /** The batch says the truth about where it begins, although it does not join on. */
  | { kind: 'confirmed'; base: bigint }
  /** Nothing of [from, to] can be had. `next`: the base offset to be believed there, where Kafka's own look-up is wrong. */
  | { kind: 'lost'; to: bigint; why: string; bytes: Buffer; timestamp: number; next: bigint | null };

/** Damage on the way heals when it is asked again; it is given this much time. */
const PAUSES_MS = [100, 300, 900];

interface Search {
  from: bigint;
  ask: AskForOffset;
  /** How the set is to be read. */
  read: Pick<Asked, 'mayHaveHoles' | 'now'>;
  pausesMs?: readonly number[];
}

/**
 * Finds out what is wrong at `from`, where a set could not be read: asks again a few times, then for growing offsets
 * until another batch answers. What is lost ends exactly there: nothing that the damaged batch says of itself is
 * believed. Rejects as `ask` does.
 */
export async function examine({ from, ask, read, pausesMs = PAUSES_MS }: Search): Promise<Finding> {
  let last = { set: Buffer.alloc(0), end: from } as SetAnswer;
  let damage: Damage | null = null;
  for (const pauseMs of pausesMs) {
    await wait(pauseMs, undefined, { ref: false });
    last = await ask(from);
    const before = damage;
    damage = readRecordSet(last.set, { ...read, from, end: last.end }).damage;
    if (damage?.at !== from) return { kind: 'healed' };
    const base = damage.claims?.baseOffset;
    if (base === undefined || base !== before?.claims?.baseOffset) continue;
    if (await isPlacedAsItSays(damage, last, ask)) return { kind: 'confirmed', base };
  }
  if (!damage) return { kind: 'healed' };
  return lost(from, damage, last, { ask, now: read.now });
}

/** Whether Kafka finds a batch up to the offset that it says is its last, and another one behind. */
async function isPlacedAsItSays({ claims }: Damage, { set, end }: SetAnswer, ask: AskForOffset): Promise<boolean> {
  if (!claims || claims.lastOffset >= end || claims.lastOffset < 0n) return false;
  const atLast = await ask(claims.lastOffset);
  if (!beginTogether(atLast.set, set)) return false;
  const behind = claims.lastOffset + 1n;
  return behind >= atLast.end || !beginTogether((await ask(behind)).set, set);
}

async function lost(
  from: bigint,
  damage: Damage,
  { set, end }: SetAnswer,
  { ask, now }: { ask: AskForOffset; now: number },
): Promise<Finding> {
  const { behind, why, bytes } = damage;
  const bound = behind !== null && behind > from ? behind : end;
  const isSame = async (offset: bigint) => beginTogether((await ask(offset)).set, set);
  const next = await firstOfAnother(from, bound > from ? bound : from + 1n, isSame);
  const timestamp = await timeAround(from, next, end, { ask, now });
  const isLookUpWrong = next === behind && (await isSame(behind));
  return { kind: 'lost', to: next - 1n, why, bytes, timestamp, next: isLookUpWrong ? behind : null };
}

/** The least offset in (from, bound] that is `bound` or not answered by the same batch. */
async function firstOfAnother(from: bigint, bound: bigint, isSame: (offset: bigint) => Promise<boolean>) {
  let [same, other] = [from, bound];
  for (let step = 1n; same + step < other; step *= 2n) {
    if (await isSame(same + step)) same += step;
    else other = same + step;
  }
  while (other - same > 1n) {
    const middle = (same + other) / 2n;
    if (await isSame(middle)) same = middle;
    else other = middle;
  }
  return other;
}

/** Of the record before, else of the one behind: both stay what they are when the place is read again. Else now. */
async function timeAround(from: bigint, next: bigint, end: bigint, { ask, now }: { ask: AskForOffset; now: number }) {
  for (const offset of [from - 1n, next]) {
    if (offset < 0n || offset >= end) continue;
    const answer = await ask(offset).catch(() => undefined);
    if (!answer) continue;
    const { messages } = readRecordSet(answer.set, { from: offset, end: answer.end, now, mayHaveHoles: true });
    const timestamp = Number(messages[0]?.timestamp ?? NaN);
    if (plausibleTime(timestamp, { now, fallback: -1 }) >= 0) return timestamp;
  }
  return now;
}
