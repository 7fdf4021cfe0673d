import type { Card, DeltaFrame, Refusal, SnapshotFrame, Subscribed } from '#libs/contracts';
import type { LiveSocket } from '../src/connection';
import type { Subscriptions } from '../src/subscriptions';

interface Asked {
  event: string;
  payload: { query?: object; ids?: string[]; view?: string };
  reply: (answer: Subscribed | Refusal) => void;
}

/** A gateway that does nothing by itself: the test reads what was asked, and says what comes. */
export class ScriptedSocket {
  readonly asked: Asked[] = [];
  private frame = 0;

  get socket(): LiveSocket {
    const emit = (event: string, payload: Asked['payload'], reply: Asked['reply']) =>
      this.asked.push({ event, payload, reply });
    return { emit } as unknown as LiveSocket;
  }

  get events(): string[] {
    return this.asked.map(({ event }) => event);
  }

  /** Answers the last question with a snapshot of a view. */
  answer(subscriptions: Subscriptions, view: string, sessions: Card[]): void {
    const place = { view, frame: (this.frame += 1), epoch: 1, seq: 1, total: sessions.length };
    this.asked.at(-1)?.reply({ ok: true, mode: 'snapshot', ...place });
    const frame: SnapshotFrame = { ...place, sessions };
    subscriptions.received({ event: 'snapshot', frame });
  }

  /** The next frame of a view that was answered last. */
  change(subscriptions: Subscriptions, view: string, change: Pick<DeltaFrame, 'upserts' | 'removes' | 'total'>): void {
    const prev = this.frame;
    this.frame += 1;
    subscriptions.received({ event: 'delta', frame: { view, prev, frame: this.frame, epoch: 1, seq: 2, ...change } });
  }
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
