import type { LiveState, Touched } from '../live-state';
import type { AudienceName, Presentation } from '../presentation';
import type { Urgency } from '../view';
import { WatchedSession } from './watched-session';

/** All sessions that somebody watches, by id; each is read once for a change, however many watch it. */
export class WatchedSessions {
  private readonly byId: Record<AudienceName, Map<string, WatchedSession>> = { public: new Map(), private: new Map() };
  /** The number of the last change. It starts at 1, the frame of a watcher that was told nothing. */
  private changes = 1;

  constructor(
    private readonly state: LiveState,
    private readonly presentation: Presentation,
  ) {}

  get size(): number {
    return this.byId.public.size + this.byId.private.size;
  }

  /** The number of a change: greater than all before it. */
  readonly nextChange = (): number => (this.changes += 1);

  /** The session of this id, known from here on until it is dropped; it need not be open. */
  of(id: string, audience: AudienceName): WatchedSession {
    const known = this.byId[audience].get(id);
    if (known) return known;
    const made = new WatchedSession(id, audience, this.state, this.presentation);
    made.read(() => 0);
    this.byId[audience].set(id, made);
    return made;
  }

  /** Nobody watches it any more. */
  drop({ id, audience }: WatchedSession): void {
    this.byId[audience].delete(id);
  }

  /** Takes a change of a slot; calls `changed` with each session that is shown otherwise now. */
  touch({ slot }: Touched, changed: (session: WatchedSession, urgency: Urgency) => void): void {
    const id = this.state.idAt(slot);
    for (const sessions of [this.byId.public, this.byId.private]) {
      // To find nothing by an id that was not looked for before is most of what a change costs here.
      if (sessions.size === 0) continue;
      const session = sessions.get(id);
      const urgency = session?.read(this.nextChange);
      if (session && urgency) changed(session, urgency);
    }
  }

  /** The whole state is another one. */
  readAll(changed: (session: WatchedSession, urgency: Urgency) => void): void {
    for (const sessions of [this.byId.public, this.byId.private]) {
      for (const session of sessions.values()) {
        const urgency = session.read(this.nextChange);
        if (urgency) changed(session, urgency);
      }
    }
  }
}
