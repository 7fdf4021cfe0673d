import type { Done, Position, ProjectionChange, SocketRefusal, Subscribed } from '#libs/contracts';
import type { Returning } from '../../../client/src/protocol';
import {
  type AudienceName,
  Desk,
  INTERVALS_MS,
  LiveList,
  type Outlet,
  type Presentation,
  type Question,
  type Sent,
  listQuestion,
  watchQuestion,
} from '../../src/index';
import type { SlowListeners } from '../../src/slow-listeners';
import type { Wish } from './oracle';
import { type Contents, type Projection, asChanges } from './projection';

/** What a client sends: a question, or a change of what it watches. */
export type Up =
  | { ask: number; wish: Wish; returning: Returning }
  | { ask: number; add: string[] }
  | { ask: number; unwatch: string[]; of: string | undefined };

export type Down = Sent | { event: 'ack'; ask: number; answer: Subscribed | Done | SocketRefusal };

/** One socket: two ordered channels, with what is under way in them. */
export interface Connection {
  open: boolean;
  /** It takes nothing from the network at the moment. */
  stalled: boolean;
  /** Waits in the gateway's process, of the time when it was stalled. */
  queued: number;
  up: Up[];
  down: Down[];
}

export interface ReaderBugs {
  /** Frames leave between the loaded state and the position read after it. */
  framesDuringReload?: boolean;
}

export const AUDIENCE: AudienceName = 'public';

const LIMITS = {
  viewsPerListener: 8,
  viewsPerAddress: { list: 1000, text: 1000 },
  watched: { perAddress: 1000, inAll: 1000 },
  waiting: { perAddress: 1000, inAll: 1000 },
};

/** A gateway as the app wires it: a reader of the projection, a list, a desk. */
export class GatewayModel {
  readonly list: LiveList;
  readonly desk: Desk<Connection>;
  private cursor: Position = { epoch: 0, seq: 0 };
  private reading: { from: Position; contents: Contents } | undefined;

  constructor(
    private readonly projection: Projection,
    presentation: Presentation,
    private readonly bugs: ReaderBugs = {},
  ) {
    this.list = new LiveList({ presentation, limits: { list: 50, text: 50 }, intervalsMs: INTERVALS_MS });
    this.desk = new Desk(this.list, outlet, LIMITS);
  }

  /** Takes at most `max` batches off the log; loads the state where the log does not lead on. */
  follow(max: number, now: number): void {
    if (this.reading) return;
    for (let taken = 0; taken < max && !this.isAtEnd(); taken += 1) {
      const next = this.nextBatch();
      if (!next) {
        this.beginLoad();
        this.endLoad(now);
        continue;
      }
      this.cursor = next.position;
      this.desk.apply(next.changes, next.position, now);
    }
  }

  beginLoad(): void {
    this.reading ??= { from: this.projection.position, contents: this.projection.contents };
  }

  /** Half of the state was read at the beginning, half now; the tail makes it whole. */
  endLoad(now: number): void {
    const { reading, projection } = this;
    this.reading = undefined;
    if (!reading) return;
    const sameLife = reading.from.epoch === projection.position.epoch;
    const mixed = sameLife ? mix(reading.contents, projection.contents) : projection.contents;
    const tail = projection.log.filter(({ position }) => sameLife && position.seq > reading.from.seq);
    if (this.bugs.framesDuringReload && sameLife) {
      this.cursor = reading.from;
      this.desk.load(asChanges(mixed), reading.from, now);
      return;
    }
    const changes: ProjectionChange[] = [...asChanges(mixed), ...tail.flatMap((batch) => batch.changes)];
    this.cursor = projection.position;
    this.desk.load(changes, projection.position, now);
  }

  receive(connection: Connection, now: number): void {
    const request = connection.up.shift();
    if (!request || !connection.open) return;
    const { ask } = request;
    const reply = (answer: Subscribed | Done | SocketRefusal) => {
      connection.down.push({ event: 'ack', ask, answer });
    };
    const asked = { listener: connection, address: '192.0.2.1', hearsReply: true, audience: AUDIENCE, reply };
    if ('unwatch' in request) {
      return this.desk.watching.less(connection, { ids: request.unwatch, holds: request.of }, reply, now);
    }
    if ('add' in request) {
      return this.desk.watching.more({ ...asked, question: watchQuestion(request.add), returning: {} }, now);
    }
    const { wish, returning } = request;
    const { at } = returning;
    const position = at && { epoch: at[0], seq: at[1] };
    this.desk.ask({ ...asked, question: questionOf(wish), returning: { ...returning, at: position } }, now);
  }

  /** The connection has taken all that it was sent, and the desk looks at it at once. */
  drained(connection: Connection, now: number): void {
    const { slow } = this.desk as unknown as { slow: SlowListeners<Connection> };
    slow.drained(connection, now);
  }

  private isAtEnd(): boolean {
    const { epoch, seq } = this.projection.position;
    return this.cursor.epoch === epoch && this.cursor.seq === seq;
  }

  private nextBatch() {
    const { epoch, seq } = this.cursor;
    return this.projection.log.find(({ position }) => position.epoch === epoch && position.seq === seq + 1);
  }
}

function questionOf(wish: Wish): Question {
  const question = 'watch' in wish ? watchQuestion(wish.watch) : listQuestion(wish.list);
  if (!question) throw new Error('the model asks for what is live');
  return question;
}

const outlet: Outlet<Connection> = {
  broadcast(sent, to) {
    for (const connection of to) if (!connection.stalled) push(connection, sent);
    return to.filter(({ stalled }) => stalled);
  },
  send: (sent, to) => push(to, sent),
  queued: ({ stalled, queued }) => (stalled ? queued + 1 : 0),
  dismiss(connection) {
    connection.open = false;
  },
};

function push(connection: Connection, sent: Sent): void {
  if (!connection.open) return;
  if (connection.stalled) connection.queued += 1;
  connection.down.push(sent);
}

function mix(early: Contents, late: Contents): Contents {
  const half = <V>(a: ReadonlyMap<string, V>, b: ReadonlyMap<string, V>): Map<string, V> => {
    const isEarly = (id: string) => Number(id.at(-1)) % 2 === 0;
    return new Map([...[...a].filter(([id]) => isEarly(id)), ...[...b].filter(([id]) => !isEarly(id))]);
  };
  return {
    sessions: half(early.sessions, late.sessions),
    counts: half(early.counts, late.counts),
    removed: new Map(),
    rooms: half(early.rooms, late.rooms),
    hosts: half(early.hosts, late.hosts),
    presets: half(early.presets, late.presets),
  };
}
