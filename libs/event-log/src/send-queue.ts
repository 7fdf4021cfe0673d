import type { IHeaders } from 'kafkajs';

export interface MessageToSend {
  key: string;
  value: string | Buffer;
  headers?: IHeaders;
}

/** Where a message was put. */
export interface PlacedMessage {
  partition: number;
  /** Offset within the partition. */
  offset: string;
}

/** More waits to be sent than may be kept: what comes now is told to come again. */
export class QueueFull extends Error {}

export interface QueueLimits {
  /** Of all messages that are waiting or under way. */
  bytes: number;
  messages: number;
  /** Of one request to Kafka; a message that is larger goes alone. */
  batchBytes: number;
}

/** A send from its call to its answer; it is settled once. */
export class Send {
  isOver = false;
  private readonly placed: PlacedMessage[] = [];
  private left: number;

  constructor(
    readonly messages: number,
    readonly bytes: number,
    /** Epoch ms. */
    readonly startedAt: number,
    private readonly settled: (result: PlacedMessage[] | Error) => void,
  ) {
    this.left = messages;
  }

  /** Its next messages have been put there. */
  put(placed: readonly PlacedMessage[]): void {
    this.placed.push(...placed);
    this.left -= placed.length;
    if (this.left === 0) this.end(this.placed);
  }

  end(result: PlacedMessage[] | Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.settled(result);
  }
}

/** Messages of one send that go to Kafka together: all of them, or as many as one request may have. */
export interface Piece {
  send: Send;
  messages: MessageToSend[];
  bytes: number;
}

/** What waits to be sent, by topic, each in its order. What is over before its turn is not sent any more. */
export class SendQueue {
  private readonly lanes = new Map<string, Lane>();
  /** In the order in which they began. */
  private readonly sends = new Set<Send>();
  private bytes = 0;
  private messages = 0;

  constructor(private readonly limits: QueueLimits) {}

  /** What is waiting or under way; `oldestAt` in epoch ms, null: there is nothing. */
  get depth(): { messages: number; bytes: number; oldestAt: number | null } {
    const [oldest] = this.sends;
    return { messages: this.messages, bytes: this.bytes, oldestAt: oldest?.startedAt ?? null };
  }

  /** Throws QueueFull when there is no room. `settle` is called once, with the places or the reason. */
  add(topic: string, messages: readonly MessageToSend[], settle: (result: PlacedMessage[] | Error) => void): Send {
    const pieces = piecesOf(messages, this.limits.batchBytes);
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const isFull = this.bytes + bytes > this.limits.bytes || this.messages + messages.length > this.limits.messages;
    if (isFull) throw new QueueFull(`${this.messages} messages of ${this.bytes} bytes wait for Kafka already`);
    const send = new Send(messages.length, bytes, Date.now(), (result) => {
      this.sends.delete(send);
      this.bytes -= bytes;
      this.messages -= messages.length;
      settle(result);
    });
    this.sends.add(send);
    this.bytes += bytes;
    this.messages += messages.length;
    const lane = this.lanes.get(topic) ?? new Lane();
    this.lanes.set(topic, lane);
    for (const piece of pieces) lane.push({ ...piece, send });
    return send;
  }

  /** Takes what goes into the next request of a topic; nothing: there is nothing left. */
  next(topic: string): Piece[] {
    const batch: Piece[] = [];
    let bytes = 0;
    const lane = this.lanes.get(topic);
    for (let piece = lane?.first(); piece; piece = lane?.first()) {
      if (batch.length > 0 && bytes + piece.bytes > this.limits.batchBytes) return batch;
      lane?.shift();
      bytes += piece.bytes;
      batch.push(piece);
    }
    this.lanes.delete(topic);
    return batch;
  }
}

/** A queue whose front is taken without moving the rest. */
class Lane {
  private pieces: Piece[] = [];
  private head = 0;

  push(piece: Piece): void {
    this.pieces.push(piece);
  }

  /** The first that is not over. */
  first(): Piece | undefined {
    while (this.pieces[this.head]?.send.isOver) this.shift();
    return this.pieces[this.head];
  }

  shift(): void {
    this.head += 1;
    if (this.head < 1000 || this.head * 2 < this.pieces.length) return;
    this.pieces = this.pieces.slice(this.head);
    this.head = 0;
  }
}

/** Of a record beyond its key and value: lengths, timestamp, headers. */
const OVERHEAD_BYTES = 100;

function piecesOf(messages: readonly MessageToSend[], most: number): { messages: MessageToSend[]; bytes: number }[] {
  const pieces: { messages: MessageToSend[]; bytes: number }[] = [];
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.value) + Buffer.byteLength(message.key) + OVERHEAD_BYTES;
    const last = pieces.at(-1);
    if (last && last.bytes + bytes <= most) {
      last.messages.push(message);
      last.bytes += bytes;
    } else pieces.push({ messages: [message], bytes });
  }
  return pieces;
}
