import type { DeltaFrame, Position, ProjectionChange } from '#libs/contracts';
import { Columns } from './columns';
import { DueTimes } from './due-times';
import { LiveState } from './live-state';
import { nameOf } from './name-of';
import type { AudienceName, Presentation } from './presentation';
import { type ListQuestion, type ViewClass, classOf, viewText } from './question';
import { type Urgency, View } from './view';
import type { WatchedSession } from './watch/watched-session';
import { WatchedSessions } from './watch/watched-sessions';

export interface LiveListOptions {
  presentation: Presentation;
  /** How many views of each class there may be. */
  limits: Record<ViewClass, number>;
  /** How soon a frame is due, in ms, by how urgent the change is: see `makeDue`. */
  intervalsMs: Record<Urgency, number>;
  /** Makes the short name of a text. Different texts may have the same. */
  nameOf?: (text: string) => string;
}

export const INTERVALS_MS: Record<Urgency, number> = { edge: 50, membership: 250, count: 1000 };

/**
 * The keyed live state and the views of it. Fed with the changes of the projection; says which views are due; makes
 * their frames. Pure: times come in as epoch ms, nothing happens by itself.
 */
export class LiveList {
  readonly state = new LiveState();
  /** The log position that the state contains, whole; undefined until it was loaded. */
  position: Position | undefined;
  /** Stretches the intervals when frames cost more than they may. */
  stretch = 1;
  private readonly columns = new Map<AudienceName, Columns>();
  private readonly viewsByText = new Map<string, View>();
  private readonly names = new Set<string>();
  private twins = 0;
  private readonly due = new Map<View, number>();
  private readonly counted: Record<ViewClass, number> = { list: 0, text: 0 };
  /** The sessions that somebody watches by their ids. */
  readonly watched: WatchedSessions;
  private readonly dueWatched = new DueTimes<WatchedSession>();

  constructor(private readonly options: LiveListOptions) {
    this.watched = new WatchedSessions(this.state, options.presentation);
  }

  /** Replaces the state. The changes must be the whole of it as it was at `position`. */
  load(changes: Iterable<ProjectionChange>, position: Position, now: number): void {
    this.state.clear();
    for (const change of changes) this.state.apply(change);
    this.position = position;
    const touched = this.state.takeTouched();
    for (const columns of this.columns.values()) for (const { slot } of touched) columns.refresh(slot);
    for (const view of this.views()) {
      view.reload();
      this.makeDue(view, 'edge', now);
    }
    this.watched.readAll((session, urgency) => this.makeWatchedDue(session, urgency, now));
  }

  /** Takes the changes that lead to `position`. */
  apply(changes: readonly ProjectionChange[], position: Position, now: number): void {
    for (const change of changes) this.state.apply(change);
    this.position = position;
    const touched = this.state.takeTouched();
    for (const columns of this.columns.values()) for (const { slot } of touched) columns.refresh(slot);
    for (const view of this.views()) {
      for (const each of touched) {
        const urgency = view.touch(each);
        if (urgency) this.makeDue(view, urgency, now);
      }
    }
    for (const each of touched) {
      this.watched.touch(each, (session, urgency) => this.makeWatchedDue(session, urgency, now));
    }
  }

  views(): Iterable<View> {
    return this.viewsByText.values();
  }

  get viewCount(): number {
    return this.viewsByText.size;
  }

  /** The view of this text, if there is one. */
  find(text: string): View | undefined {
    return this.viewsByText.get(text);
  }

  /** What the view of this text is called, or would be. */
  nameOf(text: string): string {
    return this.find(text)?.name ?? (this.options.nameOf ?? nameOf)(text);
  }

  /** The view of a question, made and framed if there is none yet; undefined when there are too many. Loaded only. */
  view(
    question: ListQuestion,
    audience: AudienceName,
    now: number,
    text = viewText(question, audience),
  ): View | undefined {
    const known = this.find(text);
    if (known) return known;
    const of = classOf(question);
    if (!this.position || this.counted[of] >= this.options.limits[of]) return undefined;
    const { presentation } = this.options;
    const view = new View(question, this.state, this.columnsOf(audience), presentation, this.freeName(text), text);
    this.viewsByText.set(text, view);
    this.names.add(view.name);
    this.counted[of] += 1;
    view.advance(this.position, now);
    return view;
  }

  /** Nobody listens to it any more. */
  drop(view: View): void {
    if (!this.viewsByText.delete(view.text)) return;
    this.names.delete(view.name);
    this.due.delete(view);
    this.counted[classOf(view.question)] -= 1;
  }

  /** The views that owe a frame at this time. */
  dueAt(now: number): View[] {
    const views: View[] = [];
    for (const [view, at] of this.due) if (at <= now) views.push(view);
    return views;
  }

  /** The watched sessions whose watchers are owed their change at this time; they are owed nothing more. */
  takeDueWatched(now: number): WatchedSession[] {
    return this.dueWatched.take(now);
  }

  /** Nobody watches it any more. */
  unwatch(session: WatchedSession): void {
    this.watched.drop(session);
    this.dueWatched.delete(session);
  }

  /** Makes the view's next frame; null when nothing that it shows has changed. It contains the whole position. */
  frame(view: View, now: number): DeltaFrame | null {
    this.due.delete(view);
    return this.position ? view.advance(this.position, now) : null;
  }

  /** A name that no other view has now: of two texts with the same name the second gets a number behind it. */
  private freeName(text: string): string {
    const name = this.nameOf(text);
    if (!this.names.has(name)) return name;
    this.twins += 1;
    return `${name}.${this.twins}`;
  }

  /** A start or an end waits only until the view has rested since its last frame. Other changes wait, to share a frame. */
  private makeDue(view: View, urgency: Urgency, now: number): void {
    this.due.set(view, Math.min(this.dueTime(urgency, view.framedAt, now), this.due.get(view) ?? Infinity));
  }

  private makeWatchedDue(session: WatchedSession, urgency: Urgency, now: number): void {
    this.dueWatched.add(session, this.dueTime(urgency, session.toldAt, now));
  }

  private dueTime(urgency: Urgency, lastAt: number, now: number): number {
    const intervalMs = this.options.intervalsMs[urgency] * this.stretch;
    return urgency === 'edge' ? Math.max(now, lastAt + intervalMs) : now + intervalMs;
  }

  private columnsOf(audience: AudienceName): Columns {
    const known = this.columns.get(audience);
    if (known) return known;
    const columns = new Columns(audience, this.state, this.options.presentation);
    for (let slot = 0; slot < this.state.capacity; slot += 1) columns.refresh(slot);
    this.columns.set(audience, columns);
    return columns;
  }
}
