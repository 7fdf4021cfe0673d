import type { ListQuery } from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import type { FrozenLists, ListedPage } from '#libs/session-store';
import { decodeCursor, encodeCursor, questionName } from '../../src/walk/cursor';
import type { FrozenOrders, ReadPart, Wanted } from '../../src/walk/frozen-orders';
import type { OrderKey } from '../../src/walk/order-key';
import { HEAD_BYTES, packIds, packOrder, readHead, unpackIds } from '../../src/walk/packed-order';
import type { ListSource } from '../../src/walk/list-source';
import { type WalkedPage, firstPage, pageAt } from '../../src/walk/walk';
import type { Act, World } from './world';

/** What is put in wrongly, to see that it is noticed. */
export interface Bugs {
  /** The past is read first, and the open later: who is revived between is in neither. */
  twoMoments?: boolean;
  /** Past sessions read by key are not looked up in the order. */
  noLookUp?: boolean;
  /** The order keeps what the first page gave. */
  keepsGiven?: boolean;
  /** An order that is gone is made anew. */
  madeAnew?: boolean;
  /** The order is of a moment before the first page. */
  tooOld?: boolean;
  /** The order begins behind the last session of the first page. */
  behindFirst?: boolean;
  /** Frozen sessions that ended are passed over. */
  passesEnded?: boolean;
  /** Each page freezes an order of its own. */
  neverKept?: boolean;
}

const OWNER = { nonce: Buffer.alloc(8), owner: Buffer.alloc(16), chargeOf: () => 0 };

/** One walk of a question; before everything that is read, the adversary acts. */
export class Walker implements ListSource {
  readonly given: string[] = [];
  /** Asked for at every moment from the first page on. */
  readonly throughout = new Set<string>();
  /** Refused as expired. */
  isExpired = false;
  query: ListQuery;
  private hasBegun = false;
  private made = 0;
  private readonly kept = new Map<string, Buffer>();
  private flushed = 0;
  private readonly early: FrozenLists;

  constructor(
    private readonly world: World,
    query: ListQuery,
    private readonly acts: Act[],
    private readonly pastFrozen: number,
    private readonly bugs: Bugs,
  ) {
    this.query = query;
    this.early = this.lists();
  }

  /** Walks to the end, with other limits on the way and each page asked for as often as it is refused. */
  async walk(limits: readonly number[], repeats: readonly boolean[]): Promise<void> {
    const question = questionName('sessions', {}, this.query);
    let page = await this.take(question, limits[0] ?? 1, null);
    for (let n = 1; page?.next && n < 200; n += 1) {
      const text = encodeCursor(page.next);
      const limit = limits[n % limits.length] ?? 1;
      // An answer that was lost: the same cursor is asked again.
      if (repeats[n % repeats.length]) await this.ask(question, limit, text);
      page = await this.take(question, limit, text);
    }
    if (page?.next) throw new Error('the walk does not end');
  }

  private async take(question: string, limit: number, cursor: string | null): Promise<WalkedPage | null> {
    const page = await this.ask(question, limit, cursor);
    if (page) this.given.push(...page.rows.map(({ session }) => session.id));
    if (page && page.rows.length !== limit && page.next) throw new Error('a page that is not the last is not full');
    return page;
  }

  private async ask(question: string, limit: number, cursor: string | null): Promise<WalkedPage | null> {
    this.query = { ...this.query, limit };
    for (;;) {
      try {
        if (cursor === null) return await firstPage(this, question);
        const decoded = decodeCursor(cursor);
        if (!decoded) throw new Error('a cursor of ours cannot be read');
        return await pageAt(this, decoded, this.orders, 'somebody');
      } catch (error) {
        const code = error instanceof Refusal ? error.code : '';
        if (code === 'cursor_expired') {
          this.isExpired = true;
          return null;
        }
        if (code !== 'unavailable') throw error;
        this.act();
        if (this.acts.length === 0) this.world.isCut = false;
      }
    }
  }

  async page(): Promise<ListedPage> {
    this.act();
    this.hasBegun = true;
    for (const { id } of this.world.asked(this.query)) this.throughout.add(id);
    return this.rows(this.world.inOrder(this.query).slice(0, this.query.limit));
  }

  async after(after: OrderKey, limit: number): Promise<ListedPage> {
    this.act();
    return this.rows(this.world.inOrder(this.query, 'all', after).slice(0, limit));
  }

  async among(ids: readonly string[]): Promise<ListedPage> {
    this.act();
    const wanted = new Set(ids);
    const part = this.bugs.passesEnded ? 'open' : 'all';
    return this.rows(this.world.inOrder(this.query, part).filter(({ session }) => wanted.has(session.id)));
  }

  async pastAfter(after: OrderKey, limit: number): Promise<Presentable[]> {
    this.act();
    return this.world.inOrder(this.query, 'past', after).slice(0, limit);
  }

  async freeze(after?: OrderKey): Promise<FrozenLists> {
    this.act();
    if (this.bugs.tooOld) return this.early;
    return this.lists(this.bugs.behindFirst ? this.lastOfFirst : after);
  }

  keyOf(row: Presentable): OrderKey {
    return this.world.keyOf(this.query)(row);
  }

  private lastOfFirst: OrderKey | undefined;

  private rows(rows: Presentable[]): ListedPage {
    const last = rows.at(-1);
    this.lastOfFirst ??= last && this.keyOf(last);
    return { rows, total: this.world.asked(this.query).length, totalExact: true };
  }

  private lists(after?: OrderKey): FrozenLists {
    const past = this.world.inOrder(this.query, 'past', after).slice(0, this.pastFrozen);
    const last = past.at(-1);
    const rest = last && past.length === this.pastFrozen ? this.keyOf(last) : null;
    if (this.bugs.twoMoments) this.act();
    const open = this.world.inOrder(this.query, 'open', after);
    const [openIds, pastIds] = [open, past].map((rows) => packIds(rows.map(({ session }) => session.id)));
    return { open: openIds as Buffer, past: pastIds as Buffer, rest };
  }

  /** The adversary moves something; what it makes unasked for was not there throughout. */
  private act(): void {
    const next = this.acts.shift();
    if (!next) return;
    this.world.act(next);
    if (!this.hasBegun) return;
    const asked = new Set(this.world.asked(this.query).map(({ id }) => id));
    for (const id of this.throughout) if (!asked.has(id)) this.throughout.delete(id);
  }

  /** As Redis keeps them. */
  private readonly orders: FrozenOrders = {
    read: async (name, nonce, wanted) => {
      this.reach();
      let packed = this.kept.get(name);
      if (!packed && this.bugs.madeAnew) packed = this.keep(name, []);
      if (packed && this.bugs.neverKept) packed = this.keep(name, []);
      if (!packed || (readHead(packed).nonce !== nonce && !this.bugs.madeAnew && !this.bugs.neverKept)) return null;
      return this.part(packed, wanted);
    },
    begin: async (name, _asker, given, freeze) => {
      this.reach();
      const there = this.kept.get(name);
      if (there) return readHead(there).nonce;
      const lists = await freeze();
      this.reach();
      return readHead(this.keep(name, this.bugs.keepsGiven ? [] : given, lists)).nonce;
    },
  };

  private keep(name: string, given: readonly string[], lists = this.lists()): Buffer {
    const nonce = Buffer.alloc(8);
    nonce.writeUInt32BE((this.made += 1));
    const packed = packOrder(lists, given, { ...OWNER, nonce });
    this.kept.set(name, packed);
    return packed;
  }

  private reach(): void {
    this.act();
    if (this.world.flushes > this.flushed) this.kept.clear();
    this.flushed = this.world.flushes;
    if (this.world.isCut) throw new Refusal(503, 'unavailable', 'Redis is away');
  }

  private part(packed: Buffer, { open, past, known }: Wanted): ReadPart {
    const head = readHead(packed);
    const all = unpackIds(packed.subarray(HEAD_BYTES, HEAD_BYTES + 16 * packed.readUInt32BE(36)));
    const opens = all.slice(0, head.openCount);
    const pasts = all.slice(head.openCount, head.openCount + head.pastCount);
    return {
      ...head,
      open: opens.slice(open.from, open.from + open.count),
      past: pasts.slice(past.from, past.from + past.count),
      known: new Set(this.bugs.noLookUp ? [] : known.filter((id) => all.includes(id))),
    };
  }
}
