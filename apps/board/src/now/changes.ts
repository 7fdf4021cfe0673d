import { titleText } from '../live/title-text';
import type { Card, RemoveReason } from '../sdk';

/** Something that a person would tell another: who came, who went, who has a full house. */
export interface Change {
  id: string;
  what: 'started' | 'ended' | 'passed';
  title: string;
  host: string | null;
  /** Of `passed`: which number. */
  count?: number;
}

const MARKS = [100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500];
const OVER: ReadonlySet<RemoveReason> = new Set(['ended', 'deleted']);

/** What changed from one answer to the next. A list that was just loaded is no news. */
export function changesBetween(
  before: ReadonlyMap<string, Card>,
  { sessions, removed }: { sessions: readonly Card[]; removed: readonly (readonly [id: string, why: RemoveReason])[] },
): Change[] {
  if (before.size === 0) return [];
  const ended = removed.flatMap(([id, why]): Change[] => {
    const card = before.get(id);
    return card && OVER.has(why) ? [told('ended', card)] : [];
  });
  const passed = sessions.flatMap((card): Change[] => {
    const [was, is] = [before.get(card.id)?.viewer_count ?? null, card.viewer_count];
    if (was === null || is === null) return [];
    const mark = MARKS.find((count) => was < count && is >= count);
    return mark === undefined ? [] : [{ ...told('passed', card), count: mark }];
  });
  return [...ended, ...passed];
}

/** Who has started after the newest start that was known; null: none was. */
export function startsAfter(newest: string | null, sessions: readonly Card[]): Change[] {
  if (newest === null) return [];
  return sessions
    .filter(({ started_at }) => started_at !== null && started_at > newest)
    .map((card) => told('started', card));
}

function told(what: Change['what'], { id, title, host_username }: Card): Change {
  return { id, what, title: titleText(title), host: host_username };
}
