import type { ProjectionChange, SocketRefusal, Subscribed } from '#libs/contracts';
import {
  type AudienceName,
  Desk,
  type DeskLimits,
  INTERVALS_MS,
  LiveList,
  type Outlet,
  type Question,
  type Returning,
  type Sent,
  listQuestion,
} from '../src/index';
import { presentation } from './model/oracle';
import { NOTHING, asChanges, changed } from './model/projection';
import { type Happening, changesOf } from './model/story';

/** A socket: what it was sent, and whether it takes more. */
export interface Listener {
  sent: Sent[];
  queued: number;
  dismissed?: string;
}

export const list = (query: object = {}) =>
  listQuestion({ sort: 'viewer_count', order: 'desc', limit: 3, ...query }) as Question;

interface AskedBy {
  address?: string;
  hearsReply?: boolean;
  audience?: AudienceName;
}

interface GivenLimits {
  views?: number;
  nameOf?: (text: string) => string;
  limits?: Partial<DeskLimits>;
}

export const LIMITS: DeskLimits = {
  viewsPerListener: 3,
  viewsPerAddress: { list: 300, text: 300 },
  watched: { perAddress: 100_000, inAll: 100_000 },
  waiting: { perAddress: 100_000, inAll: 100_000 },
};

/** A desk with a clock; `happens` writes a batch, `passes` lets time go by in steps of 10 ms. */
export class GivenDesk {
  readonly broadcasts: { event: string; to: number }[] = [];
  readonly list: LiveList;
  readonly desk: Desk<Listener>;
  now = 1_000_000;
  private contents = NOTHING;
  private seq = 0;

  constructor({ views = 5, nameOf, limits = {} }: GivenLimits = {}) {
    const outlet: Outlet<Listener> = {
      broadcast: (sent, to) => {
        const ready = to.filter(({ queued }) => queued === 0);
        if (ready.length > 0) this.broadcasts.push({ event: sent.event, to: ready.length });
        for (const listener of ready) listener.sent.push(sent);
        return to.filter(({ queued }) => queued > 0);
      },
      send: (sent, to) => void to.sent.push(sent),
      queued: ({ queued }) => queued,
      dismiss: (listener, reason) => {
        listener.dismissed = reason;
      },
    };
    this.list = new LiveList({
      presentation,
      limits: { list: views, text: 2 },
      intervalsMs: INTERVALS_MS,
      ...(nameOf && { nameOf }),
    });
    this.desk = new Desk(this.list, outlet, { ...LIMITS, ...limits });
    this.desk.load([], { epoch: 1, seq: 0 }, this.now);
  }

  happens(...happenings: Happening[]): void {
    const changes: ProjectionChange[] = [];
    for (const happening of happenings) {
      const next = changesOf(happening, this.contents);
      this.contents = next.reduce(changed, this.contents);
      changes.push(...next);
    }
    this.seq += 1;
    this.desk.apply(changes, { epoch: 1, seq: this.seq }, this.now);
  }

  passes(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 10;
      this.desk.step(this.now);
      this.pumps();
    }
  }

  /** Sends all that is due, in small slices. */
  pumps(): void {
    while (this.desk.pump(2, this.now));
  }

  listener(): Listener {
    return { sent: [], queued: 0 };
  }

  ask(
    listener: Listener,
    question: Question,
    returning: Returning = {},
    { address = '192.0.2.1', hearsReply = true, audience = 'public' }: AskedBy = {},
  ): (Subscribed | SocketRefusal)[] {
    const answers: (Subscribed | SocketRefusal)[] = [];
    const reply = (answer: Subscribed | SocketRefusal) => void answers.push(answer);
    this.desk.ask({ listener, address, question, audience, returning, hearsReply, reply }, this.now);
    return answers;
  }

  get state() {
    return asChanges(this.contents);
  }
}

export const start = (which: number): Happening => ({ what: 'start', which, how: 0 });
export const end = (which: number): Happening => ({ what: 'end', which, how: 0 });
/** `how` chooses the count: 1 is 1, 7 is 999, 15 is 12 400. */
export const count = (which: number, how: number): Happening => ({ what: 'count', which, how });
export const deltas = ({ sent }: Listener) => sent.flatMap((each) => (each.event === 'delta' ? [each.frame] : []));
export const events = ({ sent }: Listener) => sent.map(({ event }) => event);
