import type { Card, DeltaFrame, SocketRefusal, SnapshotFrame, Subscribed } from '#libs/contracts';
import type { Asker } from '../src/live-socket';
import type { Subscriptions } from '../src/subscriptions';

interface Asked {
  event: string;
  payload: { query?: object; ids?: string[]; add?: string[]; of?: string; view?: string; have?: unknown[] };
  reply: (answer: Subscribed | SocketRefusal) => void;
}

/** A gateway that does nothing by itself: the test reads what was asked, and says what comes. */
export class ScriptedSocket {
  readonly asked: Asked[] = [];
  private frame = 0;

  get socket(): Asker {
    const emit = (event: string, payload: Asked['payload'], reply: Asked['reply']) =>
      this.asked.push({ event, payload, reply });
    return { emit } as unknown as Asker;
  }

  get events(): string[] {
    return this.asked.map(({ event }) => event);
  }

  /** Answers the last question with a snapshot of a view. */
  answer(subscriptions: Subscriptions, view: string, sessions: Card[], absent: string[] = []): void {
    const place = { view, frame: (this.frame += 1), epoch: 1, seq: 1, total: sessions.length };
    this.asked.at(-1)?.reply({ ok: true, mode: 'snapshot', ...place });
    const frame: SnapshotFrame = { ...place, sessions, ...(absent.length > 0 && { absent }) };
    subscriptions.received({ event: 'snapshot', frame });
  }

  /** Answers the last question by what the client holds. */
  same(view: string): void {
    this.asked.at(-1)?.reply({ ok: true, mode: 'same', view, frame: this.frame, epoch: 1, seq: 1, total: 1 });
  }

  refuse(code: SocketRefusal['code'], retry_after_ms?: number): void {
    this.asked.at(-1)?.reply({ ok: false, code, error: `it is ${code}`, ...(retry_after_ms && { retry_after_ms }) });
  }

  heartbeat(subscriptions: Subscriptions, view: string, fields: object = {}): void {
    const frame = { view, frame: this.frame, epoch: 1, seq: 1, time: 1, ...fields };
    subscriptions.received({ event: 'heartbeat', frame });
  }

  /** A frame that never arrives. */
  loses(): void {
    this.frame += 1;
  }

  /** The next frame of a view that was answered last. */
  change(
    subscriptions: Subscriptions,
    view: string,
    change: Pick<DeltaFrame, 'upserts' | 'removes' | 'total' | 'counts' | 'absent'>,
  ): void {
    const prev = this.frame;
    this.frame += 1;
    subscriptions.received({ event: 'delta', frame: { view, prev, frame: this.frame, epoch: 1, seq: 2, ...change } });
  }
}

/** The id of a session that the test calls by a short name. */
export function idOf(name: string): string {
  return `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`;
}

export function nameOf(id: string): string {
  return Buffer.from(id.slice(-12), 'hex').toString().replaceAll('\0', '');
}

/** What is not named is null. */
export function cardOf(id: string, fields: Partial<Card> = {}): Card {
  return {
    id,
    room_id: null,
    title: null,
    status: 'live',
    mode: null,
    host_username: null,
    room_title: null,
    started_at: null,
    scheduled_start_time: null,
    viewer_count: null,
    max_viewers: null,
    hls_url: null,
    health: null,
    version: 1,
    ...fields,
  };
}
