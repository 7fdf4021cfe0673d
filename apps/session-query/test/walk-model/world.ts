import type { ListQuery, SessionStatus } from '#libs/contracts';
import { PUBLIC, type Presentable } from '#libs/session';
import { type OrderKey, comparison, keyReader } from '../../src/walk/order-key';

export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** What may happen to a session; `n` chooses which one. */
export type Act =
  | { do: 'count' | 'title' | 'go-on-air' | 'end' | 'plan' | 'change-past' | 'revive'; n: number; value: number }
  | { do: 'start' | 'pass' | 'flush' | 'cut' | 'mend'; n: number; value: number };

export interface Told {
  id: string;
  status: SessionStatus;
  viewers: number | null;
  peak: number;
  isNamed: boolean;
  startedAt: number | null;
  plannedAt: number | null;
  endedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

const isOpen = ({ status }: Told) => status === 'live' || status === 'scheduled';

/** All sessions there are. A walker sees them through questions; an adversary moves them. */
export class World {
  readonly sessions: Told[] = [];
  now = 1_000_000;
  /** Whether Redis can be reached, and how often it was emptied. */
  isCut = false;
  flushes = 0;

  constructor(
    statuses: readonly SessionStatus[],
    /** Whether past sessions change, too. */
    private readonly pastMoves: boolean,
  ) {
    for (const status of statuses) this.add(status);
  }

  act({ do: what, n, value }: Act): void {
    this.now += 1 + value;
    if (what === 'start') this.add(value % 2 === 0 ? 'live' : 'scheduled');
    if (what === 'flush') this.flushes += 1;
    if (what === 'cut') this.isCut = true;
    if (what === 'mend') this.isCut = false;
    const one = this.sessions[n % this.sessions.length];
    if (!one || (!isOpen(one) && !this.pastMoves)) return;
    this.change(one, what, value);
  }

  asked(query: ListQuery): Told[] {
    return this.sessions.filter(
      ({ status, isNamed }) => (query.status?.includes(status) ?? true) && (query.q === undefined || isNamed),
    );
  }

  keyOf({ sort }: ListQuery): (row: Presentable) => OrderKey {
    return keyReader(sort ?? 'updated_at', PUBLIC, this.now);
  }

  /** What a question asks for, in its order. */
  inOrder(query: ListQuery, part: 'open' | 'past' | 'all' = 'all', after?: OrderKey): Presentable[] {
    const keyOf = this.keyOf(query);
    const compare = comparison(query.order ?? 'desc');
    return this.asked(query)
      .filter((one) => part === 'all' || isOpen(one) === (part === 'open'))
      .map(shown)
      .filter((row) => !after || compare(keyOf(row), after) > 0)
      .sort((a, b) => compare(keyOf(a), keyOf(b)));
  }

  private change(one: Told, what: Act['do'], value: number): void {
    if (what === 'title') one.isNamed = value % 3 > 0;
    else if (what === 'count' && one.status === 'live') [one.viewers, one.peak] = [value, Math.max(one.peak, value)];
    else if (what === 'go-on-air' && one.status === 'scheduled') [one.status, one.startedAt] = ['live', this.now];
    else if (what === 'end' && isOpen(one)) this.end(one, value);
    else if (what === 'plan') one.plannedAt = value % 3 === 0 ? null : value;
    else if (what === 'change-past' && !isOpen(one)) [one.peak, one.startedAt] = [value, value];
    else if (what === 'revive' && one.status === 'ended')
      [one.status, one.endedAt, one.viewers] = ['live', null, value];
    else return;
    // A late event changes what it says, and leaves the time of the latest one.
    if (what !== 'count' && value % 5 > 0) one.updatedAt = this.now;
  }

  /** An end may be said late, with a time long past. */
  private end(one: Told, value: number): void {
    one.status = one.status === 'live' ? 'ended' : 'expired';
    one.endedAt = value % 2 === 0 ? this.now : this.now - value;
    one.viewers = 0;
  }

  private add(status: SessionStatus): void {
    const n = this.sessions.length;
    this.now += 7;
    const isPast = status === 'ended' || status === 'expired';
    this.sessions.push({
      id: uuid((n * 7919) % 10_007),
      status,
      viewers: isPast ? 0 : n % 4,
      peak: n % 5,
      isNamed: true,
      startedAt: status === 'scheduled' || status === 'expired' ? null : this.now,
      plannedAt: n % 3 === 0 ? null : this.now + 50,
      endedAt: isPast ? this.now + 3 : null,
      createdAt: this.now,
      updatedAt: this.now,
    });
  }
}

export function shown(told: Told): Presentable {
  const { id, status, viewers, peak, startedAt, plannedAt, endedAt, createdAt, updatedAt } = told;
  const counts = { version: 1, viewer_count: viewers ?? 0, viewer_count_at: 1, max_viewers: peak, max_viewers_at: 1 };
  return {
    session: {
      id,
      version: 1,
      room_id: null,
      preset_id: null,
      title: 'A title',
      description: null,
      status,
      health: null,
      mode: 'webcam',
      started_at: startedAt,
      ended_at: endedAt,
      end_reason: null,
      scheduled_start_time: plannedAt,
      hls_url: null,
      recording_enabled: null,
      chat_enabled_override: null,
      stage_enabled_override: null,
      max_join_limit_override: null,
      counts_after: null,
      created_at: createdAt,
      updated_at: updatedAt,
    },
    counts: viewers === null ? null : counts,
    room: null,
    host: null,
    preset: null,
    activeSessionId: null,
  };
}
