/** What some clients are told to do. */
export interface ReturnOrder {
  url: string;
  clients: number;
  perSecond: number;
  /** `marquee`: resumes by what it holds. `once`: asks for the list the first time. `each-time`: asks whenever it comes. */
  kind: 'marquee' | 'once' | 'each-time';
  query: object;
  /** How long a client stays away at least, once it is cut. */
  awayMs: number;
}

/** A client is cut at some moment of the next so many ms. */
export interface CutOrder {
  cutWithinMs: number;
}

/** Asks who has just this list: rows as texts, in any order. */
export interface JudgeOrder {
  rows: string[];
}

export interface Judged {
  following: number;
  correct: number;
  /** Of those who came back: from their going to the server to having the list, ms. */
  returnMs: number[];
  /** Bytes that this took. */
  returnBytes: number[];
  wrongs: string[];
}

/** What the two kinds have in common. */
export interface Returning {
  readonly isFollowing: boolean;
  readonly bytes: number;
  readonly wrongs: readonly string[];
  rows(): string[];
  cut(): void;
}

/** A row as a text that equal rows share. */
export function rowText({ id, title, viewer_count }: { id: string; title: unknown; viewer_count: unknown }): string {
  return `${id} ${String(title)} ${String(viewer_count)}`;
}
