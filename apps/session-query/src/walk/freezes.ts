import { randomUUID } from 'node:crypto';

const ID_BYTES = 16;

interface Freeze {
  ids: Buffer;
  /** The last time it was used, epoch ms. */
  usedAt: number;
}

export interface FreezeLimits {
  bytes: number;
  idleMs: number;
}

/**
 * Orders of sessions, kept as they were when a walk began, so that no count that moves meanwhile makes the walk skip or
 * repeat one. Bounded: the longest unused go first; a walk that lost its freeze goes on by key.
 */
export class Freezes {
  private readonly freezes = new Map<string, Freeze>();
  private bytes = 0;

  constructor(private readonly limits: FreezeLimits) {}

  /** Keeps the order of these ids (16 bytes each); its name. */
  keep(ids: Buffer, now: number): string {
    const name = randomUUID();
    this.freezes.set(name, { ids, usedAt: now });
    this.bytes += ids.length;
    for (const [oldest, { usedAt }] of this.freezes) {
      if (this.bytes <= this.limits.bytes && usedAt + this.limits.idleMs > now) break;
      if (oldest === name) break;
      this.forget(oldest);
    }
    return name;
  }

  /** The frozen order, or undefined when it is not here any more, or never was. */
  use(name: string, now: number): Buffer | undefined {
    const freeze = this.freezes.get(name);
    if (!freeze) return undefined;
    // Map order is the order of use.
    this.freezes.delete(name);
    this.freezes.set(name, { ids: freeze.ids, usedAt: now });
    return freeze.ids;
  }

  private forget(name: string): void {
    this.bytes -= this.freezes.get(name)?.ids.length ?? 0;
    this.freezes.delete(name);
  }
}

export function packIds(ids: readonly string[]): Buffer {
  return Buffer.from(ids.join('').replaceAll('-', ''), 'hex');
}

/** The ids from the one at `offset` on, at most `count`. */
export function unpackIds(packed: Buffer, offset: number, count: number): string[] {
  const hex = packed.subarray(offset * ID_BYTES, (offset + count) * ID_BYTES).toString('hex');
  return (hex.match(/.{32}/g) ?? []).map((id) => id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'));
}

export function countOf(packed: Buffer): number {
  return packed.length / ID_BYTES;
}
