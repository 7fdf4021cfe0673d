import {
  type Claim,
  type SessionFact,
  type SessionRecord,
  compareClaims,
  compareTokens,
  derive,
  evolve,
  msOf,
  signalTimeOf,
  write,
} from '../src';
import { ClaimsInMemory, type Moved } from './claims-in-memory';
import { FOLD } from './fold-under-test';
import type { FoldUnderTest } from './record-in-memory';

interface Token {
  at: number;
  seq: string;
  source: string;
  id: string;
}

const by = <T>(a: T, b: T) => (a === b ? 0 : a < b ? -1 : 1);
const tokenOf = ({ at, sequence, source, id }: SessionFact): Token => ({ at, seq: sequence ?? '0', source, id });

/** The whole fold with another order of tokens. */
function withTokens(compare: (a: Token, b: Token) => number): FoldUnderTest {
  return withModule('../src/token', { compareTokens: compare });
}

/** The whole fold with another rule for the time of a signal. */
function withSignals(signalTime: (time: number, brokerTime: number) => number): FoldUnderTest {
  return withModule('../src/timing', { signalTimeOf: signalTime });
}

/** The whole fold, its claims too, with another module in it. */
function withModule(path: string, instead: object): FoldUnderTest {
  let fold = FOLD;
  jest.isolateModules(() => {
    jest.doMock(path, () => ({ ...jest.requireActual<object>(path), ...instead }));
    fold = (require('./fold-under-test') as { FOLD: FoldUnderTest }).FOLD;
    jest.dontMock(path);
  });
  return fold;
}

/** The fold, with the record changed after some events. */
function withEvolve(change: (record: SessionRecord, fact: SessionFact) => SessionRecord): FoldUnderTest {
  return { ...FOLD, evolve: (record, fact) => change(evolve(record, fact), fact) };
}

/** The fold, with events read at another time. */
function withTimes(timeOf: (fact: SessionFact) => number): FoldUnderTest {
  const read = (fact: SessionFact) => ({ ...fact, at: timeOf(fact) });
  return {
    ...FOLD,
    evolve: (record, fact) => evolve(record, read(fact)),
    claimOf: (fact) => FOLD.claimOf(read(fact)),
  };
}

const signal = (record: SessionRecord, us: number): SessionRecord => ({
  ...record,
  last_signal_at: Math.max(record.last_signal_at ?? -Infinity, msOf(us)),
});

class LastTaker extends ClaimsInMemory {
  protected override takerOf(later: readonly Claim[]) {
    return later.at(-1);
  }
}

class NoClaimsOfDeleted extends ClaimsInMemory {
  private readonly deleted = new Set<string>();
  override put(record: SessionRecord, added: readonly Claim[]) {
    if (record.deleted) this.deleted.add(record.id);
    return super.put(record, added);
  }
  protected override takerOf(later: readonly Claim[]) {
    return later.find(({ session }) => !this.deleted.has(session));
  }
}

class RoomsAndSessionsInOneSpace extends ClaimsInMemory {
  override roomOf(record: SessionRecord) {
    return super.roomOf(record) ?? record.id;
  }
}

/** Keeps claims in rows of its own, as a table does, so that a row can be forgotten. */
class ClaimsInRows extends ClaimsInMemory {
  protected rows: Moved[] = [];
  protected readonly unplaced = new Map<string, Claim[]>();

  override put(record: SessionRecord, added: readonly Claim[]): Moved[] {
    const room = this.roomOf(record);
    const isOwn = ({ claim }: Moved) => claim.session === record.id;
    const own = this.rows.filter(isOwn);
    const known = [...own.map(({ claim }) => claim), ...(this.unplaced.get(record.id) ?? [])];
    const isKnown = (claim: Claim) => known.some((one) => compareClaims(one, claim) === 0);
    const all = this.kept([...known, ...added.filter((claim) => !isKnown(claim))]);
    if (room === null) {
      this.unplaced.set(record.id, all);
      return [];
    }
    this.unplaced.delete(record.id);
    const placed = all.map((claim) => ({ claim, room }));
    const left = own.filter((one) => one.room !== room);
    this.rows = [...this.rows.filter((one) => !isOwn(one)), ...this.left(left), ...placed];
    return [...this.told(left), ...placed];
  }

  override of(room: string): Claim[] {
    return this.rows.filter((one) => one.room === room).map(({ claim }) => claim);
  }

  protected kept(claims: Claim[]): Claim[] {
    return claims;
  }

  /** Of the rows that the session leaves behind in another room, those that stay. */
  protected left(_rows: Moved[]): Moved[] {
    return [];
  }

  /** Of the rows that were removed, those whose neighbours hear of it. */
  protected told(rows: Moved[]): Moved[] {
    return rows;
  }
}

class OneLeftBehind extends ClaimsInRows {
  protected override left(rows: Moved[]) {
    return rows.slice(0, 1);
  }
}

class OnlyTheGreatest extends ClaimsInRows {
  protected override kept(claims: Claim[]) {
    return claims.sort(compareClaims).slice(-1);
  }
}

class NobodyHearsOfTheRemoved extends ClaimsInRows {
  protected override told() {
    return [];
  }
}

class NobodyHearsOfTheNew extends ClaimsInMemory {
  override neighbourOf() {
    return undefined;
  }
}

const withClaims = (claims: FoldUnderTest['claims']): FoldUnderTest => ({ ...FOLD, claims });

/** The ways in which bugs are put in, with nothing put in. */
export const SOUND: Record<string, FoldUnderTest> = {
  tokens: withTokens(compareTokens),
  signals: withSignals(signalTimeOf),
  records: withEvolve((record) => record),
  times: withTimes(({ at }) => at),
  'claims in rows': withClaims(ClaimsInRows),
};

export const BUGS: Record<string, FoldUnderTest> = {
  'sequence before time': withTokens(
    (a, b) => by(BigInt(a.seq), BigInt(b.seq)) || by(a.at, b.at) || by(a.source, b.source) || by(a.id, b.id),
  ),
  'no source in the token': withTokens((a, b) => by(a.at, b.at) || by(BigInt(a.seq), BigInt(b.seq)) || by(a.id, b.id)),
  'tokens in milliseconds': withTimes(({ at }) => msOf(at) * 1000),
  'clamped to the beginning of the broker’s millisecond': withTimes(({ at, brokerTime }) =>
    Math.min(at, brokerTime * 1000),
  ),
  'any event a signal': withEvolve((record, { at }) => signal(record, at)),
  'a signal at its producer’s time, whatever its clock': withSignals((time) => time),
  'a signal at the broker’s time, however late it is delivered': withSignals((_time, brokerTime) => brokerTime),
  'a lost one revived by an edit': withEvolve((record, fact) =>
    fact.type === 'session.updated.v1' ? signal(record, fact.at) : record,
  ),
  'the end by arrival': withEvolve((record, fact) =>
    fact.type === 'session.ended.v1' && record.end
      ? {
          ...record,
          end: {
            token: tokenOf(fact),
            value: {
              at: Math.min(fact.data.ended_at ?? msOf(fact.at), msOf(fact.at)),
              reason: fact.data.reason ?? null,
            },
          },
        }
      : record,
  ),
  'a heartbeat revives an explicit end': withEvolve((record, fact) =>
    fact.type === 'session.heartbeat.v1' && record.end ? { ...record, last_start: tokenOf(fact) } : record,
  ),
  'the room by what was said last': withModule('../src/register', { writeFirst: write }),
  'the room by arrival': withModule('../src/register', {
    writeFirst: (register: unknown, value: unknown, token: Token) => register ?? { value, token },
  }),
  'a deleted session loses its claim': withClaims(NoClaimsOfDeleted),
  'the last taker instead of the first': withClaims(LastTaker),
  'a start in the same microsecond takes nothing over': {
    ...FOLD,
    derive: (record, takeover) =>
      derive(record, takeover && record.last_start?.at === takeover.at ? undefined : takeover),
  },
  'rooms and sessions in one space': withClaims(RoomsAndSessionsInOneSpace),
  'a claim left behind when the room moves': withClaims(OneLeftBehind),
  'only the greatest claim kept': withClaims(OnlyTheGreatest),
  'the neighbour of a removed claim not derived again': withClaims(NobodyHearsOfTheRemoved),
  'the neighbour of a new claim not derived again': withClaims(NobodyHearsOfTheNew),
};
