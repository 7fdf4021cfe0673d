import { type Claim, type SessionRecord, compareClaims } from '../src';

/** A claim that is new in a room, or has left it. */
export interface Moved {
  claim: Claim;
  room: string;
}

/** All claims of all starts, each on the room of its session: what the table of claims is in Postgres. */
export class ClaimsInMemory {
  /** By session. */
  private readonly held = new Map<string, { room: string | null; claims: Claim[] }>();

  /** Where a session's claims are: nowhere until a room is known. */
  roomOf({ fields }: SessionRecord): string | null {
    return fields.room_id?.value ?? null;
  }

  /** Adds the new claims of a session and moves all of them to its room; gives what is other than before. */
  put(record: SessionRecord, added: readonly Claim[]): Moved[] {
    const before = this.held.get(record.id) ?? { room: null, claims: [] };
    const claims = [...before.claims];
    for (const claim of added) if (!claims.some((one) => compareClaims(one, claim) === 0)) claims.push(claim);
    const room = this.roomOf(record);
    this.held.set(record.id, { room, claims });
    if (room === before.room) return placed(claims.slice(before.claims.length), room);
    return [...placed(before.claims, before.room), ...placed(claims, room)];
  }

  /** The owner of the claim directly before one in a room; undefined where it is the same session, or nobody. */
  neighbourOf({ claim, room }: Moved): string | undefined {
    const before = this.of(room)
      .filter((one) => compareClaims(one, claim) < 0)
      .sort(compareClaims)
      .at(-1);
    return before && before.session !== claim.session ? before.session : undefined;
  }

  /** The first claim of another session on the room after the last start of this one. */
  takeoverOf(record: SessionRecord): Claim | undefined {
    const room = this.roomOf(record);
    if (room === null || !record.last_start) return undefined;
    const own = { session: record.id, token: record.last_start };
    const later = this.of(room).filter((one) => one.session !== record.id && compareClaims(one, own) > 0);
    return this.takerOf(later.sort(compareClaims));
  }

  /** All claims on a room. */
  of(room: string): Claim[] {
    return [...this.held.values()].flatMap((one) => (one.room === room ? one.claims : []));
  }

  protected takerOf(later: readonly Claim[]): Claim | undefined {
    return later[0];
  }
}

function placed(claims: readonly Claim[], room: string | null): Moved[] {
  return room === null ? [] : claims.map((claim) => ({ claim, room }));
}
