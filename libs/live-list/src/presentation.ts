import type { Card, StoredCounts, StoredHost, StoredPreset, StoredRoom, StoredSession } from '#libs/contracts';

/** What its callers may see: `public` never a hidden count. */
export type AudienceName = 'public' | 'private';

/** A session with all that is needed to show it. `null`: not there, or not yet. */
export interface LiveInput {
  session: StoredSession;
  counts: StoredCounts | null;
  room: (StoredRoom & { id: string }) | null;
  host: (StoredHost & { id: string }) | null;
  preset: (StoredPreset & { id: string }) | null;
  /** The folded text where `q` is looked for, where it is kept. */
  readonly folded?: string;
}

/** Of a whole answer: also which session of the room is live. */
export interface LiveSession extends LiveInput {
  activeSessionId: string | null;
}

/** How a session is shown; given by the app, so that privacy is decided in one place. */
export interface Presentation {
  /** Exact, as this audience may see them. */
  counts(input: LiveInput, audience: AudienceName): Pick<Card, 'viewer_count' | 'max_viewers'>;
  /** Its counts are not used: a view says what it shows by `counts`, exact or as lists show them. */
  card(input: LiveInput, audience: AudienceName): Card;
  /** The number that lists show for an exact count; never greater, never falling as the count grows. */
  shown(count: number): number;
}
