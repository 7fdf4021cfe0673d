import type { Random } from '../../../tools/simulator/src/random';

type Kind = 'room' | 'host' | 'preset';

interface Entity {
  kind: Kind;
  id: string;
}

/** Rooms, hosts and presets, and what is said of them over time. A fifth of the presets hides counts. */
export class Directory {
  readonly rooms: string[];
  readonly presets: string[];
  private readonly hosts: string[];
  private readonly entities: Entity[];

  constructor(
    private readonly random: Random,
    sessions: number,
  ) {
    const ids = (count: number) => Array.from({ length: Math.max(2, Math.ceil(count)) }, () => random.uuid());
    this.rooms = ids(sessions / 3);
    this.hosts = ids(sessions / 12);
    this.presets = ids(20);
    const of = (kind: Kind, list: string[]) => list.map((id) => ({ kind, id }));
    this.entities = [...of('host', this.hosts), ...of('preset', this.presets), ...of('room', this.rooms)];
  }

  /** One in ten is not told of at the start: what names it shows null until it is. */
  firstTold(): Entity[] {
    return this.entities.filter(() => !this.random.chance(0.1));
  }

  any(): Entity {
    return this.entities[this.random.integer(0, this.entities.length - 1)] ?? { kind: 'room', id: '' };
  }

  stateOf({ kind, id }: Entity): object {
    const { random } = this;
    const mark = random.integer(1, 1_000_000);
    switch (kind) {
      case 'room':
        return { host_id: this.hosts[random.integer(0, this.hosts.length - 1)], title: `Room ${mark}` };
      case 'host':
        return { username: `host-${mark}`, email: `h${mark}@example.com`, role: 'host', is_active: random.chance(0.9) };
      case 'preset':
        return {
          name: `Preset ${mark}`,
          // Decided by the id: a preset that hides keeps hiding.
          viewer_count_visible: !/^[0-2]/.test(id),
          chat_enabled: random.chance(0.5),
          max_join_limit: mark,
        };
    }
  }
}
