import type { DeltaFrame } from '#libs/contracts';
import { HeldList, type Outcome } from '../../../client/src/protocol';
import { AUDIENCE, type Connection, type Down, type GatewayModel } from './gateway';
import { type Wish, wanted } from './oracle';
import type { Contents, Projection } from './projection';

/** A browser that obeys the client rule, and is checked after each step. */
export class ClientModel {
  readonly held = new HeldList();
  connection: Connection | undefined;
  gateway: GatewayModel | undefined;
  /** All that it was sent, as text. */
  readonly transcript: string[] = [];
  private asks = 0;
  private readonly versions = new Map<string, number>();
  private last: [number, number] = [0, 0];

  /** Of a watch: what the gateway has answered for. */
  private answered = new Set<string>();
  /** A change of the watch that is not answered yet. */
  private changing: { add: string } | { less: string } | undefined;

  constructor(
    private wish: Wish,
    private readonly projection: Projection,
  ) {}

  connect(gateway: GatewayModel): void {
    if (this.connection) return;
    this.gateway = gateway;
    this.connection = { open: true, stalled: false, queued: 0, up: [], down: [] };
    this.ask();
  }

  cut(): void {
    this.changing = undefined;
    if (this.connection) this.gateway?.desk.forget(this.connection);
    this.connection = undefined;
    this.held.interrupt();
  }

  /** Watches one more, by a difference. */
  watchMore(id: string): void {
    const { connection, wish, held } = this;
    if (!connection || !('watch' in wish) || held.phase !== 'following' || this.changing) return;
    this.asks += 1;
    this.changing = { add: id };
    this.wish = { watch: [...new Set([...wish.watch, id])] };
    connection.up.push({ ask: this.asks, add: [id] });
  }

  /** Watches one less, by a difference; the last one stays. */
  watchLess(which: number): void {
    const { connection, wish, held } = this;
    if (!connection || !('watch' in wish) || held.phase !== 'following' || this.changing) return;
    const id = wish.watch[which % wish.watch.length];
    if (id === undefined || wish.watch.length === 1) return;
    this.asks += 1;
    this.changing = { less: id };
    this.wish = { watch: wish.watch.filter((one) => one !== id) };
    connection.up.push({ ask: this.asks, unwatch: [id], of: held.view });
  }

  /** Asks again after a refusal. */
  retry(): void {
    if (this.connection && this.held.phase === 'idle') this.ask();
  }

  /** Takes the next message from the network; whether there was one. */
  take(): boolean {
    const { connection } = this;
    const message = connection?.down.shift();
    if (connection && !connection.open && connection.down.length === 0) this.cut();
    if (!message) return false;
    this.transcript.push(JSON.stringify(message));
    const outcome = this.understand(message);
    if (outcome === 'ask') this.ask();
    if (outcome === 'changed') this.check();
    return true;
  }

  /** What is shown must be what is wanted of these contents. */
  compare(contents: Contents, where: string): void {
    const { held } = this;
    const wish = 'watch' in this.wish ? { watch: [...this.answered] } : this.wish;
    const all = wanted(contents, wish, AUDIENCE);
    const limit = 'list' in wish ? (wish.list.limit ?? 50) : all.length;
    const cards = [...held.cards.values()];
    const inOrder = all.filter(({ id }) => held.cards.has(id));
    const said = { where, total: held.total, shown: inOrder.slice(0, limit).map(({ id }) => held.cards.get(id)) };
    expect(said).toEqual({ where, total: all.length, shown: all.slice(0, limit) });
    expect(cards.map((card) => [card, all.find(({ id }) => id === card.id)])).toEqual(
      cards.map((card) => [card, card]),
    );
    expect(cards.length).toBeLessThanOrEqual('list' in wish ? Math.ceil(1.2 * limit) : all.length);
  }

  private ask(): void {
    this.asks += 1;
    this.changing = undefined;
    this.connection?.up.push({ ask: this.asks, wish: this.wish, returning: this.held.ask() });
  }

  private understand(message: Down): Outcome {
    if (message.event === 'bye') return 'nothing';
    if (message.event !== 'ack') {
      if (message.event === 'delta') this.takeAdded(message.frame);
      return this.held.take(message);
    }
    const { answer } = message;
    if (message.ask !== this.asks) return 'nothing';
    if (this.changing) return this.acknowledgeChange(this.changing);
    if (answer.ok && 'mode' in answer) {
      if ('watch' in this.wish) this.answered = new Set(this.wish.watch);
      return this.held.acknowledge(answer);
    }
    this.held.interrupt();
    return 'nothing';
  }

  /** The frame that tells what was added. */
  private takeAdded({ upserts = [], absent = [], ...frame }: DeltaFrame): void {
    expectEachOnce({ upserts, ...frame });
    const { changing } = this;
    if (!changing || !('add' in changing)) return;
    if (![...upserts.map(({ id }) => id), ...absent].includes(changing.add)) return;
    this.answered.add(changing.add);
    this.changing = undefined;
  }

  /** What is watched no more is taken out of what is held; what is watched as well comes with the next frame. */
  private acknowledgeChange(changing: { add: string } | { less: string }): Outcome {
    if ('add' in changing) return 'nothing';
    this.changing = undefined;
    this.answered.delete(changing.less);
    this.held.cards.delete(changing.less);
    this.held.total = this.held.cards.size;
    return 'changed';
  }

  private check(): void {
    const [epoch, seq] = this.held.at ?? [0, 0];
    const isBack = epoch < this.last[0] || (epoch === this.last[0] && seq < this.last[1]);
    expect({ isBack, from: this.last, to: [epoch, seq] }).toMatchObject({ isBack: false });
    this.last = [epoch, seq];
    for (const { id, version } of this.held.cards.values()) {
      expect(version).toBeGreaterThanOrEqual(this.versions.get(id) ?? 0);
      this.versions.set(id, version);
    }
    this.compare(this.projection.at({ epoch, seq }), `${epoch}.${seq}`);
  }
}

function expectEachOnce({
  upserts = [],
  removes = [],
  counts = [],
}: Pick<DeltaFrame, 'upserts' | 'removes' | 'counts'>): void {
  const ids = [...upserts.map(({ id }) => id), ...removes.map(([id]) => id), ...counts.map(([id]) => id)];
  expect(new Set(ids).size).toBe(ids.length);
}
