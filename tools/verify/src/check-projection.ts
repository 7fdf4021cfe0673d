import type { Position, ProjectionChange } from '#libs/contracts';
import type { HeldContent, ProjectionContents } from '#libs/live-projection';
import {
  type Difference,
  NOTHING,
  ProjectionEpochs,
  SessionStore,
  differingFields,
  underWay,
} from '#libs/session-store';
import type { DataSource } from 'typeorm';
import type { CheckProgress } from './check-progress';
import { Finding } from './report';
import { type Sight, settle } from './settle';

type Kind = HeldContent['kind'];

/** A thing that is in Postgres, in Redis, or in both. */
interface Suspect {
  kind: Kind;
  id: string;
}

const KINDS: readonly Kind[] = ['session', 'counts', 'room', 'host', 'preset'];
const PER_LOOK = 1000;
/** Where more differ, the first of them say enough. */
const MOST_SUSPECTS = 20_000;

/** Another epoch began while the projection was compared. */
export class EpochChanged extends Error {}

/**
 * Holds Redis against Postgres, both ways: everything that is open, and every room, host and preset, with its version and
 * content. Throws EpochChanged.
 */
export async function checkProjection(
  source: DataSource,
  contents: ProjectionContents,
  progress: CheckProgress,
): Promise<{ finding: Finding; position: Position | null }> {
  const finding = new Finding('Redis = Postgres');
  const { lost, position } = await contents.inspect();
  if (lost !== null || !position) {
    finding.add(ofWhole('a whole projection', lost ?? 'it has no position'));
    return { finding, position };
  }
  const { begun } = await new ProjectionEpochs(source).known();
  if (position.epoch < begun) finding.add(ofWhole(`epoch ${begun}, which was begun last`, `epoch ${position.epoch}`));
  const comparison = new Comparison(source, contents, position.epoch);
  const suspects = new Map<string, Suspect>();
  for await (const page of comparison.all()) {
    finding.compared += page.compared;
    for (const one of page.suspects) if (suspects.size < MOST_SUSPECTS) suspects.set(`${one.kind} ${one.id}`, one);
    progress.at('Redis', finding.compared, null);
  }
  const { differences, moving } = await settle([...suspects.values()], (of) => comparison.look(of));
  const after = (await contents.inspect()).position;
  if (after?.epoch !== position.epoch) throw new EpochChanged();
  differences.forEach((one) => finding.add(one));
  finding.moving = moving;
  return { finding, position: after };
}

function ofWhole(expected: string, found: string): Difference {
  return { kind: 'projection', id: 'the whole', where: 'Redis, meta', expected, found };
}

class Comparison {
  private readonly store: SessionStore;

  constructor(
    private readonly source: DataSource,
    private readonly contents: ProjectionContents,
    private readonly epoch: number,
  ) {
    this.store = new SessionStore(source);
  }

  /** What differs at the first look: first all that Postgres says, then all that Redis holds. */
  async *all(): AsyncGenerator<{ compared: number; suspects: Suspect[] }> {
    for await (const page of this.store.pages()) {
      const expected = page.filter(({ kind }) => KINDS.includes(kind as Kind)) as Suspect[];
      const held = keyed(await this.contents.some(this.epoch, expected));
      const suspects = page.flatMap((change) => {
        const one = { kind: change.kind as Kind, id: change.id };
        return this.difference(one, change, held.get(keyOf(one))) ? [one] : [];
      });
      yield { compared: expected.length, suspects };
    }
    for await (const page of this.contents.pages(this.epoch)) {
      const recorded = keyed(await this.store.projectable(page));
      // What both have was compared by the pass before; here it is what only Redis has.
      yield { compared: 0, suspects: page.filter((one) => !isTombstone(one) && !recorded.has(keyOf(one))) };
    }
  }

  /** Postgres first, then what it is about to tell, then Redis: what Redis lacks and nobody will tell is lost. */
  async look(of: readonly Suspect[]): Promise<Map<Suspect, Sight>> {
    const sights = new Map<Suspect, Sight>();
    for (let start = 0; start < of.length; start += PER_LOOK) {
      const some = of.slice(start, start + PER_LOOK);
      const recorded = keyed(await this.store.projectable(some));
      const noted = await underWay(
        this.source,
        some.map(({ id }) => id),
      );
      const held = keyed(await this.contents.some(this.epoch, some));
      for (const one of some) {
        const difference = this.difference(one, recorded.get(keyOf(one)), held.get(keyOf(one)));
        sights.set(one, { difference, settled: !noted.has(one.id) });
      }
    }
    return sights;
  }

  private difference(
    { kind, id }: Suspect,
    recorded: ProjectionChange | undefined,
    held: HeldContent | undefined,
  ): Difference | null {
    const where = `Redis, ${this.epoch}:${kind === 'counts' ? kind : `${kind}s`}`;
    if (!recorded) {
      if (!held || isTombstone(held)) return null;
      return { kind: `Redis ${kind} too many`, id, where, expected: NOTHING, found: versionOf(held.change) };
    }
    if (!held) return { kind: `Redis ${kind} missing`, id, where, expected: versionOf(recorded), found: NOTHING };
    if (!held.change) return { kind: `Redis ${kind}`, id, where, expected: versionOf(recorded), found: 'unreadable' };
    const differing = differingFields(fieldsOf(recorded), fieldsOf(held.change));
    if (!differing) return null;
    const { names, ...told } = differing;
    return { kind: `Redis ${kind}`, id, where: `${where} ${names.join(', ')}`, ...told };
  }
}

function keyOf({ kind, id }: { kind: string; id: string }): string {
  return `${kind} ${id}`;
}

function keyed<T extends { kind: string; id: string }>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [keyOf(one), one]));
}

/** A deleted room, host or preset: nothing shows it. */
function isTombstone({ change }: HeldContent): boolean {
  return change !== null && 'entity' in change && change.entity === null;
}

function versionOf(change: ProjectionChange | null): string {
  return change === null ? 'unreadable' : `version ${change.version}`;
}

function fieldsOf(change: ProjectionChange): object {
  if (change.kind === 'session') return { ...change.session, version: change.version };
  if (change.kind === 'counts') return { ...change.counts, version: change.version };
  if (change.kind === 'removed') return { removed: change.why };
  return { ...change.entity, deleted: change.entity === null, version: change.version };
}
