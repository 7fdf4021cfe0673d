import type { Position, SessionAnswer, SessionListAnswer, Stats, StatsAnswer } from '#libs/contracts';
import { type Audience, type Presentable, presentSession } from '#libs/session';
import { type Staleness, stalenessOf } from '../http/staleness-of';
import { encodeCursor } from '../walk/cursor';
import type { WalkedPage } from '../walk/walk';

/** What is true of a whole answer. */
export interface Circumstances extends Staleness {
  /** Who asked. */
  audience: Audience;
  /** When, in epoch ms. */
  now: number;
  /** What the projection had told before anything was read: all that was pushed up to it is in the answer. */
  position: Position | undefined;
  /** What is in memory may lack what is in the record, since the projection cannot be followed now. */
  isBehind: boolean;
}

export function listAnswer(
  { rows, total, totalExact, page, next }: WalkedPage,
  limit: number,
  circumstances: Circumstances,
): SessionListAnswer {
  const { timestamp, present, tail } = frameOf(circumstances);
  const next_cursor = next && encodeCursor(next);
  const data = { sessions: rows.map(present), total, total_exact: totalExact, page, limit, next_cursor };
  return { success: true, data, timestamp, ...tail };
}

export function sessionAnswer(row: Presentable, circumstances: Circumstances): SessionAnswer {
  const { timestamp, present, tail } = frameOf(circumstances);
  return { success: true, data: present(row), timestamp, ...tail };
}

export function statsAnswer(stats: Stats, circumstances: Circumstances): StatsAnswer {
  const { timestamp, tail } = frameOf(circumstances);
  return { success: true, data: stats, timestamp, ...tail };
}

/** Durations run to the answer's timestamp, not to the millisecond. */
function frameOf(circumstances: Circumstances) {
  const { audience, now } = circumstances;
  const timestamp = Math.floor(now / 1000);
  return {
    timestamp,
    present: (row: Presentable) => presentSession(row, audience, timestamp * 1000),
    tail: stalenessOf(circumstances),
  };
}
