import type { Card, StoredCounts, StoredHost, StoredPreset, StoredRoom, StoredSession } from '#libs/contracts';

/** What its callers may see: `public` never a hidden count. */
export type Audience = 'public' | 'private';

/** A session with all that is needed to show it. `null`: not there, or not yet. */
export interface LiveInput {
  session: StoredSession;
  counts: StoredCounts | null;
  room: { id: string; state: StoredRoom } | null;
  host: { id: string; state: StoredHost } | null;
  preset: { id: string; state: StoredPreset } | null;
  /** The live session of the room. */
  activeSessionId: string | null;
}

/** How a session is shown; given by the app, so that privacy is decided in one place. */
export interface Presentation {
  /** The card with exact counts, as this audience may see them. */
  card(input: LiveInput, audience: Audience): Card;
  /** The number that lists show for an exact count; never greater, never falling as the count grows. */
  shown(count: number): number;
}
