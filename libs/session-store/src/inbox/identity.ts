import { hash } from 'node:crypto';
import { eventContent } from '#libs/contracts';
import type { Loggable } from '../slice/loggable';

/** 16 bytes in hexadecimal digits: what a uuid column holds. */
const DIGITS = 32;
const DAY_MS = 86_400_000;
/** Within what partitions there are for, whenever they were made; see partitions/days.ts. */
const MOST_DAYS_AHEAD = 5;

/** A row of the inbox: which event it is, and what it says. */
export interface Identity {
  identity: string;
  content: string;
  /** Epoch ms of its UTC day; what no broker's clock can have said yet is kept with what is old. */
  day: number;
}

export const IDENTITY_KEY = ({ identity, day }: Pick<Identity, 'identity' | 'day'>) => `${identity} ${day}`;

/**
 * Equal identities have the same source and id, and their clamped times lie on one day. Equal contents say the same,
 * however it is written. `now`: epoch ms.
 */
export function identityOf({ event, at }: Pick<Loggable, 'event' | 'at'>, now: number): Identity {
  const dayNumber = Math.floor(at / 1000 / DAY_MS);
  const isAhead = dayNumber > Math.floor(now / DAY_MS) + MOST_DAYS_AHEAD;
  return {
    // NUL stands in neither.
    identity: digest(`${event.source}\0${event.id}`),
    content: contentOf(event),
    day: isAhead ? -Infinity : dayNumber * DAY_MS,
  };
}

/** Whether an inbox that came from the older log, which kept no digits below the millisecond, has an event as `content`. */
export function isKeptAs(content: string, event: Loggable['event']): boolean {
  return event.micros !== 0 && content === contentOf({ ...event, micros: 0 });
}

function contentOf(event: Loggable['event']): string {
  return digest(eventContent(event, JSON.stringify(event.data)));
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, DIGITS);
}
