import { type RestAnswer, type RestRefusal, askRest, atCursor } from '../api/rest';
import { restPath } from '../live/question';
import { type Row, rowOfSession } from '../live/row';
import type { RestSession } from '../sdk';

const PAGE = '100';
/** A calendar of more would help nobody. */
const MOST = 2000;

interface Page {
  sessions: RestSession[];
  next_cursor: string | null;
}

/** What is announced, the next to start first; `isWhole`: there is no more of it. */
export type AllScheduled = { ok: true; rows: Row[]; isWhole: boolean } | { ok: false; refusal: RestRefusal };

/** Asks REST for all of it, page after page, up to 2000. */
export async function allScheduled(): Promise<AllScheduled> {
  const path = restPath({ status: 'scheduled' }, { limit: PAGE });
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const answer: RestAnswer<Page> = await askRest<Page>(atCursor(path, cursor));
    if (!answer.ok) return answer;
    rows.push(...answer.data.sessions.map(rowOfSession));
    cursor = answer.data.next_cursor;
  } while (cursor !== null && rows.length < MOST);
  return { ok: true, rows, isWhole: cursor === null };
}
