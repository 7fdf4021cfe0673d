import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { countText } from '../live/count-text';
import { JUST_STARTED } from '../live/use-headline';
import { type Card, useLiveSessions } from '../sdk';
import { type Change, changesBetween, startsAfter } from './changes';
import styles from './just-changed.module.css';
import { viewOf } from '../live/question';

const SHOWN = 4;
/** One after the other, so that each can be read. */
const EVERY_MS = 1800;
const MOST_WAITING = 6;
const ALL = viewOf({});

interface Told extends Change {
  key: number;
}

/** What just changed, a line at a time. */
export function JustChanged() {
  const told = useChanges();
  return (
    <ol className={styles.lines} aria-label="What just changed">
      {told.map(({ key, id, what, title, host, count }, place) => (
        <li key={key} data-what={what} style={{ transform: `translateY(${place * 100}%)` }}>
          <Link href={`/s/${id}`}>
            <strong>{title}</strong>
            <span>
              {what === 'passed'
                ? `passed ${countText(count)}`
                : what === 'started'
                  ? `started${host ? ` by ${host}` : ''}`
                  : 'ended'}
            </span>
          </Link>
        </li>
      ))}
    </ol>
  );
}

function useChanges(): readonly Told[] {
  const all = useLiveSessions(ALL);
  const newest = useLiveSessions(JUST_STARTED);
  const known = useRef<{ all: ReadonlyMap<string, Card>; newest: string | null }>({ all: new Map(), newest: null });
  const waiting = useRef<Change[]>([]);
  const [told, tell] = useState<readonly Told[]>([]);
  useEffect(() => {
    waiting.current.push(...changesBetween(known.current.all, all));
    known.current.all = byId(all.sessions);
  }, [all]);
  useEffect(() => {
    waiting.current.push(...startsAfter(known.current.newest, newest.sessions));
    known.current.newest = newest.sessions[0]?.started_at ?? known.current.newest;
  }, [newest]);
  useEffect(() => {
    let key = 0;
    const timer = setInterval(() => {
      waiting.current = waiting.current.slice(-MOST_WAITING);
      const next = waiting.current.shift();
      if (next) tell((before) => [{ ...next, key: (key += 1) }, ...before].slice(0, SHOWN));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return told;
}

function byId(cards: readonly Card[]): Map<string, Card> {
  return new Map(cards.map((card) => [card.id, card]));
}
