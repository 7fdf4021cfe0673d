import type { Claim, Derived, EventToken, SessionFact, SessionRecord } from '../src';
import type { ClaimsInMemory } from './claims-in-memory';

/** The fold, or one with a bug in it. */
export interface FoldUnderTest {
  evolve: (record: SessionRecord | undefined, fact: SessionFact) => SessionRecord;
  derive: (record: SessionRecord, takeover: EventToken | undefined) => Derived;
  check: (record: SessionRecord, watermark: number) => SessionRecord;
  claimOf: (fact: SessionFact) => Claim | null;
  claims: new () => ClaimsInMemory;
}

/** Takes slices of events as the record does: derives again only who can have become another. */
export class RecordInMemory {
  readonly records = new Map<string, SessionRecord>();
  readonly sessions = new Map<string, Derived>();
  readonly claims: ClaimsInMemory;
  /** How often a session was derived. */
  derivations = 0;

  constructor(private readonly fold: FoldUnderTest) {
    this.claims = new fold.claims();
  }

  take(slice: readonly SessionFact[]): void {
    const bySubject = Map.groupBy(slice, ({ subject }) => subject);
    const moved = [...bySubject].flatMap(([id, facts]) => {
      let record = this.records.get(id);
      for (const fact of facts) record = this.fold.evolve(record, fact);
      if (!record) return [];
      this.records.set(id, record);
      const claims = facts.map((fact) => this.fold.claimOf(fact)).filter((claim) => claim !== null);
      return this.claims.put(record, claims);
    });
    const neighbours = moved.map((one) => this.claims.neighbourOf(one)).filter((id) => id !== undefined);
    this.deriveAgain(new Set([...bySubject.keys(), ...neighbours]));
  }

  /** A watchdog looks at everybody with an ingest watermark (epoch ms). */
  look(watermark: number): void {
    for (const [id, record] of this.records) this.records.set(id, this.fold.check(record, watermark));
    this.deriveAgain(this.records.keys());
  }

  takeoverOf(id: string): Claim | undefined {
    const record = this.records.get(id);
    return record && this.claims.takeoverOf(record);
  }

  /** What deriving everything again gives. */
  derivedAnew(): Map<string, Derived> {
    return new Map([...this.records].map(([id, record]) => [id, this.derived(record)]));
  }

  private deriveAgain(ids: Iterable<string>): void {
    for (const id of ids) {
      const record = this.records.get(id);
      if (record) this.sessions.set(id, this.derived(record));
      this.derivations += 1;
    }
  }

  private derived(record: SessionRecord): Derived {
    return this.fold.derive(record, this.claims.takeoverOf(record)?.token);
  }
}
