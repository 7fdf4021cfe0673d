import type {
  Position,
  ProjectionChange,
  RemovalReason,
  StoredCounts,
  StoredHost,
  StoredPreset,
  StoredRoom,
  StoredSession,
} from '#libs/contracts';

type Versioned<T> = { version: number } & T;

/** What the projection holds at one position; never changed once made. */
export interface Contents {
  sessions: ReadonlyMap<string, StoredSession>;
  counts: ReadonlyMap<string, StoredCounts>;
  removed: ReadonlyMap<string, Versioned<{ why: RemovalReason }>>;
  rooms: ReadonlyMap<string, Versioned<{ entity: StoredRoom | null }>>;
  hosts: ReadonlyMap<string, Versioned<{ entity: StoredHost | null }>>;
  presets: ReadonlyMap<string, Versioned<{ entity: StoredPreset | null }>>;
}

export const NOTHING: Contents = {
  sessions: new Map(),
  counts: new Map(),
  removed: new Map(),
  rooms: new Map(),
  hosts: new Map(),
  presets: new Map(),
};

const including = <V>(map: ReadonlyMap<string, V>, id: string, value: V) => new Map(map).set(id, value);
const without = <V>(map: ReadonlyMap<string, V>, id: string) => new Map([...map].filter(([key]) => key !== id));

/** Written apart from the product: the plainest last-writer-wins. */
export function changed(contents: Contents, change: ProjectionChange): Contents {
  const { id, version } = change;
  const known = Math.max(contents.sessions.get(id)?.version ?? -1, contents.removed.get(id)?.version ?? -1);
  switch (change.kind) {
    case 'session':
      if (version <= known) return contents;
      return {
        ...contents,
        sessions: including(contents.sessions, id, change.session),
        removed: without(contents.removed, id),
      };
    case 'removed':
      if (version < known) return contents;
      return {
        ...contents,
        sessions: without(contents.sessions, id),
        removed: including(contents.removed, id, { version, why: change.why }),
      };
    case 'counts':
      if (version <= (contents.counts.get(id)?.version ?? -1)) return contents;
      return { ...contents, counts: including(contents.counts, id, change.counts) };
    case 'room':
      return { ...contents, rooms: including(contents.rooms, id, { version, entity: change.entity }) };
    case 'host':
      return { ...contents, hosts: including(contents.hosts, id, { version, entity: change.entity }) };
    case 'preset':
      return { ...contents, presets: including(contents.presets, id, { version, entity: change.entity }) };
  }
}

/** As a reader loads it: what is open, its counts, the directory. Nothing of those that left. */
export function asChanges(contents: Contents): ProjectionChange[] {
  const open = [...contents.sessions.values()];
  return [
    ...open.map((session): ProjectionChange => ({
      kind: 'session',
      id: session.id,
      version: session.version,
      session,
    })),
    ...open.flatMap(({ id }): ProjectionChange[] => {
      const counts = contents.counts.get(id);
      return counts ? [{ kind: 'counts', id, version: counts.version, counts }] : [];
    }),
    ...[...contents.rooms].map(([id, value]): ProjectionChange => ({ kind: 'room', id, ...value })),
    ...[...contents.hosts].map(([id, value]): ProjectionChange => ({ kind: 'host', id, ...value })),
    ...[...contents.presets].map(([id, value]): ProjectionChange => ({ kind: 'preset', id, ...value })),
  ];
}

export interface Batch {
  position: Position;
  changes: ProjectionChange[];
}

export interface WriterBugs {
  /** A new epoch is any number. */
  randomEpochs?: boolean;
  /** What is written while a new epoch is loaded is not in it. */
  losesRowsDuringRebuild?: boolean;
  /** Redis comes back as it was some time ago, and goes on in the same epoch. */
  rollsBack?: boolean;
}

/** Postgres, and Redis with its log. Every position that ever was is remembered, for the oracle. */
export class Projection {
  /** What Postgres says. */
  truth = NOTHING;
  contents = NOTHING;
  position: Position = { epoch: 1000, seq: 0 };
  log: Batch[] = [];
  private readonly history = new Map<string, Contents>([['1000.0', NOTHING]]);
  private rebuild: { contents: Contents } | undefined;

  constructor(private readonly bugs: WriterBugs = {}) {}

  at({ epoch, seq }: Position): Contents {
    const contents = this.history.get(`${epoch}.${seq}`);
    if (!contents) throw new Error(`there never was a position ${epoch}.${seq}`);
    return contents;
  }

  write(changes: ProjectionChange[]): void {
    this.truth = changes.reduce(changed, this.truth);
    if (this.rebuild) return;
    this.append(changes);
  }

  /** Redis is empty: from here nothing is written to it until `endRebuild`. */
  beginRebuild(): void {
    this.rebuild ??= { contents: this.truth };
  }

  endRebuild(): void {
    if (!this.rebuild) return;
    const contents = this.bugs.losesRowsDuringRebuild ? this.rebuild.contents : this.truth;
    const { epoch } = this.position;
    this.rebuild = undefined;
    this.become(contents, { epoch: this.bugs.randomEpochs ? 1000 + ((epoch * 7919) % 1009) : epoch + 1, seq: 0 });
  }

  /** An append-only file that is older than it was; noticed, it is a rebuild. */
  rollBack(by: number): void {
    if (!this.bugs.rollsBack) {
      this.beginRebuild();
      return this.endRebuild();
    }
    const { epoch, seq } = this.position;
    const position = { epoch, seq: Math.max(0, seq - by) };
    if (!this.history.has(`${epoch}.${position.seq}`)) return;
    this.log = this.log.filter((batch) => batch.position.seq <= position.seq);
    this.contents = this.at(position);
    this.position = position;
  }

  private append(changes: ProjectionChange[]): void {
    const position = { ...this.position, seq: this.position.seq + 1 };
    this.log.push({ position, changes });
    this.become(changes.reduce(changed, this.contents), position);
  }

  private become(contents: Contents, position: Position): void {
    if (position.epoch !== this.position.epoch) this.log = [];
    this.contents = contents;
    this.position = position;
    this.history.set(`${position.epoch}.${position.seq}`, contents);
  }
}
