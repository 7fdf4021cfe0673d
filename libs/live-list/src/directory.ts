import type { ProjectionChange, StoredHost, StoredPreset, StoredRoom } from '#libs/contracts';

type EntityChange = Extract<ProjectionChange, { entity: unknown }>;

class Register<S> {
  private readonly entries = new Map<string, { version: number; entity: (S & { id: string }) | null }>();

  /** The greater version wins; whether this one did. */
  put(id: string, version: number, entity: S | null): boolean {
    const known = this.entries.get(id);
    if (known && known.version >= version) return false;
    this.entries.set(id, { version, entity: entity && { ...entity, id } });
    return true;
  }

  get(id: string | null | undefined): (S & { id: string }) | null {
    return (id ? this.entries.get(id)?.entity : null) ?? null;
  }
}

/** The rooms, hosts and presets that sessions name. A tombstone is kept, so that nothing older returns. */
export class Directory {
  readonly rooms = new Register<StoredRoom>();
  readonly hosts = new Register<StoredHost>();
  readonly presets = new Register<StoredPreset>();

  /** Whether the change was newer than what was known. */
  apply(change: EntityChange): boolean {
    switch (change.kind) {
      case 'room':
        return this.rooms.put(change.id, change.version, change.entity);
      case 'host':
        return this.hosts.put(change.id, change.version, change.entity);
      case 'preset':
        return this.presets.put(change.id, change.version, change.entity);
    }
  }
}
