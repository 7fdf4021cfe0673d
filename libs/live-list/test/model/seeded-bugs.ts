import type { DeltaFrame, Held, SnapshotFrame } from '#libs/contracts';
import { HeldList } from '../../../client/src/protocol';
import { Desk, LiveList, type LiveState, type Presentation, View } from '../../src/index';
import { Candidates } from '../../src/candidates';
import { Columns } from '../../src/columns';
import { Members } from '../../src/members';
import type { SlotInput } from '../../src/slot-input';
import { WatchedSession } from '../../src/watch/watched-session';
import { Watcher } from '../../src/watch/watcher';
import { Watches } from '../../src/watch/watches';
import { presentation, shownNumber } from './oracle';
import type { Bugs } from './run';

/** A bug: options of the world, or a change of the product for the time of `during`. */
export interface SeededBug {
  name: string;
  bugs?: Bugs;
  /** Puts the bug in; gives what takes it out. */
  seed?: () => () => void;
  /** fast-check's seed, one of those that find it soon. */
  foundWith?: number;
  /** Which of the runs of that seed is red, as fast-check names it; for bugs that are rarely met. */
  foundAt?: string;
}

/** Replaces a method by what `make` gives for the original; gives the undoing. */
function patch<O extends object, K extends keyof O>(prototype: O, name: K, make: (original: O[K]) => O[K]): () => void {
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}

/** The private parts that bugs reach for. */
interface ViewInsides {
  state: LiveState;
  columns: Columns;
  presentation: Presentation;
}

interface CandidatesInsides {
  input: SlotInput;
  minViewers: number | null;
  hasViewers(slot: number): boolean;
}

interface Insides {
  members: Map<string, { card: { id: string; max_viewers: number | null }; cardFrame: number; countFrame: number }>;
}

export const SEEDED_BUGS: SeededBug[] = [
  { name: 'a new epoch is any number', foundWith: 14, bugs: { randomEpochs: true } },
  { name: 'rows written during a rebuild are lost', bugs: { losesRowsDuringRebuild: true } },
  { name: 'a Redis that rolled back goes on in the same epoch', bugs: { rollsBack: true } },
  { name: 'frames leave during a reload', bugs: { framesDuringReload: true } },
  {
    name: 'lists are sorted and filtered by raw hidden counts',
    bugs: {
      presentation: { ...presentation, counts: (input) => presentation.counts(input, 'private') },
    },
  },
  {
    name: 'lists are sorted by raw hidden counts',
    seed: () =>
      patch(Columns.prototype, 'sortable', (original) => {
        return function raw(this: Columns, name) {
          const { input } = this as unknown as { input: SlotInput };
          return original.call(this, name).map((value, slot) => {
            const at = input.at(slot);
            const isCount = name === 'viewer_count' || name === 'max_viewers';
            return at && isCount ? shownNumber(presentation.counts(at, 'private')[name] ?? Number.NaN) : value;
          });
        };
      }),
  },
  {
    name: 'lists are filtered by raw hidden counts',
    foundWith: 46,
    seed: () =>
      patch(Candidates.prototype as unknown as CandidatesInsides, 'hasViewers', () => {
        return function raw(this: CandidatesInsides, slot) {
          const at = this.input.at(slot);
          return ((at && presentation.counts(at, 'private').viewer_count) ?? -1) >= (this.minViewers ?? 0);
        };
      }),
  },
  {
    name: 'a snapshot is of now, not of the last frame',
    foundWith: 51,
    seed: () =>
      patch(View.prototype, 'snapshot', (original) => {
        return function snapshotOfNow(this: View): SnapshotFrame {
          const { state, columns, presentation: shownBy } = this as unknown as ViewInsides;
          const now = new View(this.question, state, columns, shownBy, this.name, this.text);
          now.advance(this.position, 0);
          return { ...original.call(now), frame: this.frame };
        };
      }),
  },
  {
    name: 'frames are of one kind only',
    foundWith: 9,
    seed: () =>
      patch(View.prototype, 'advance', (original) => {
        return function oneKind(this: View, ...args): DeltaFrame | null {
          const delta = original.apply(this, args);
          if (delta?.upserts) delete delta.counts;
          return delta;
        };
      }),
  },
  {
    name: 'nobody asks where the client was',
    foundWith: 47,
    seed: () =>
      patch(Desk.prototype, 'ask', (original) => {
        return function withoutAt(this: Desk<unknown>, ask, now) {
          original.call(this, { ...ask, returning: { ...ask.returning, at: undefined } }, now);
        };
      }),
  },
  {
    name: 'the log has passed where the client was, but the view is older',
    foundAt: '4182',
    foundWith: 98,
    seed: () =>
      patch(LiveList.prototype, 'view', (original) => {
        return function viewThatContainsTheLog(this: LiveList, ...args) {
          const view = original.apply(this, args);
          const log = () => this.position ?? { epoch: 0, seq: 0 };
          if (view) view.contains = (at) => at.epoch < log().epoch || (at.epoch === log().epoch && at.seq <= log().seq);
          return view;
        };
      }),
  },
  {
    name: 'a session is marked by its own change, not by its return to the view',
    seed: () => {
      const marks = new Map<string, number>();
      return patch(Members.prototype, 'advance', (original) => {
        return function markedBySession(this: Members, frame, present, why, now) {
          const before = new Set(this.cards().map(({ id }) => id));
          const changes = original.call(this, frame, present, why, now);
          for (const [id, member] of (this as unknown as Insides).members) {
            const key = `${id} ${member.card.max_viewers}`;
            if (!before.has(id) && marks.has(key)) member.cardFrame = marks.get(key) ?? frame;
            else marks.set(key, member.cardFrame);
          }
          return changes;
        };
      });
    },
  },
  {
    name: 'frames are applied while asking',
    foundWith: 9,
    seed: () =>
      patch(HeldList.prototype, 'take', (original) => {
        return function takeAlways(this: HeldList, received) {
          const { phase } = this;
          if (phase !== 'asking' || received.event !== 'delta') return original.call(this, received);
          this.phase = 'following';
          const { place } = this as unknown as { place?: { frame: number | null } };
          if (place) place.frame = received.frame.prev;
          const outcome = original.call(this, received);
          this.phase = phase;
          return outcome;
        };
      }),
  },
  {
    name: 'a delta is applied whatever frame it follows',
    foundWith: 17,
    seed: () =>
      patch(HeldList.prototype, 'take', (original) => {
        return function blindToGaps(this: HeldList, received) {
          const { phase, place } = this as unknown as { phase: string; place?: { frame: number } };
          const follows = received.event === 'delta' && received.frame.prev !== null && phase === 'following';
          if (!follows || !place || received.frame.frame <= place.frame) return original.call(this, received);
          return original.call(this, { ...received, frame: { ...received.frame, prev: place.frame } });
        };
      }),
  },
  {
    name: '`same` comes without the total',
    foundAt: '503',
    foundWith: 1,
    seed: () =>
      patch(HeldList.prototype, 'acknowledge', (original) => {
        return function withoutTotal(this: HeldList, answer) {
          return original.call(this, answer.mode === 'same' ? { ...answer, total: this.total } : answer);
        };
      }),
  },
  {
    name: 'counts are compared without the peak',
    foundAt: '14810',
    foundWith: 8,
    seed: () =>
      patch(Members.prototype, 'from', (original) => {
        return function withoutPeak(this: Members, have, why) {
          const peaks = new Map(this.cards().map(({ id, max_viewers }) => [id, max_viewers]));
          const blind = have.map(([id, version, count, peak]): Held => [id, version, count, peaks.get(id) ?? peak]);
          return original.call(this, blind, why);
        };
      }),
  },
  {
    name: 'who returns is given what changed after a position, not after what it holds',
    seed: () =>
      patch(Members.prototype, 'from', (original) => {
        return function bySession(this: Members, have, why) {
          const { upserts, ...rest } = original.call(this, have, why);
          const held = new Map(have.map(([id, version]) => [id, version]));
          const newest = Math.max(0, ...held.values());
          return { ...rest, upserts: upserts?.filter(({ id, version }) => held.has(id) || version > newest) };
        };
      }),
  },
  {
    name: 'a heartbeat says nothing of the frame',
    foundWith: 26,
    seed: () =>
      patch(HeldList.prototype, 'take', (original) => {
        return function deafToHeartbeats(this: HeldList, received) {
          return received.event === 'heartbeat' ? 'nothing' : original.call(this, received);
        };
      }),
  },
  {
    name: 'a watched session that has left never comes back',
    foundAt: '3411',
    seed: () =>
      patch(WatchedSession.prototype, 'read', (original) => {
        const left = new Set<WatchedSession>();
        return function neverAgain(this: WatchedSession, nextChange) {
          if (left.has(this)) return null;
          const wasOpen = this.card !== null;
          const urgency = original.call(this, nextChange);
          if (wasOpen && !this.card) left.add(this);
          return urgency;
        };
      }),
  },
  {
    name: 'a watched session shows counts that are hidden',
    seed: () =>
      patch(WatchedSession.prototype, 'read', (original) => {
        return function unhidden(this: WatchedSession, nextChange) {
          Object.assign(this, { audience: 'private' });
          return original.call(this, nextChange);
        };
      }),
  },
  {
    name: 'who is at the same frame is sent the same, whatever it watches',
    foundAt: '1535',
    seed: () => patch(Watcher.prototype, 'nextKey', () => keyByFrame),
  },
  {
    name: 'what is watched as well is told only when it changes',
    seed: () =>
      patch(Watcher.prototype, 'next', (original) => {
        return function withoutAdded(this: Watcher<unknown>) {
          const { added } = this;
          const delta = original.call(this);
          const isNew = new Set(added.map(({ id }) => id));
          return { ...delta, upserts: delta.upserts?.filter(({ id }) => !isNew.has(id)), absent: [...isNew] };
        };
      }),
  },
  {
    name: 'who watches less is still told of what it watched',
    seed: () => patch(Watches.prototype, 'less', () => () => undefined),
  },
  {
    name: 'a watcher is told of one session that changed, and is taken to know all',
    seed: () =>
      patch(Watcher.prototype, 'next', (original) => {
        return function onlyOne(this: Watcher<unknown>) {
          const delta = original.call(this);
          return { ...delta, upserts: delta.upserts?.slice(0, 1), counts: delta.counts?.slice(0, 1) };
        };
      }),
  },
];

function keyByFrame(this: Watcher<unknown>): string {
  return String(this.frame);
}
