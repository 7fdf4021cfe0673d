import type { LeftFrame, SocketRefusal, TokenTaken } from '#libs/contracts';
import { AddressRate, TokenBucket, refusal } from '#libs/live-list';
import { type BearerKeys, CLOCK_TOLERANCE_MS } from '#libs/service-host';
import { BURST_SECONDS } from '../burst-seconds';
import type { SocketFeed } from '../push/socket.feed';
import type { LiveSocket } from '../push/live-socket';
import { type Rights, rightsByToken } from './rights';
import { handshakeRefusal, tokenRefusal } from './token-refusal';

/** So long before its end a client is told that its token ends. */
const WARNED_BEFORE_MS = 60_000;
/** A verified token costs a signature: a socket may send so many at once, then one every five seconds. */
const TOKENS_AT_ONCE = 5;
const TOKENS_PER_SECOND = 0.2;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const EXPIRED: Omit<LeftFrame, 'view'> = {
  code: 'token_expired',
  error: 'the token that this view was shown by has ended: ask again',
};
const REPLACED: Omit<LeftFrame, 'view'> = {
  code: 'token_replaced',
  error: 'the new token does not show this view: ask again',
};

/** What is kept for a socket that is in. */
interface Kept {
  timer: NodeJS.Timeout | undefined;
  bucket: TokenBucket;
  /** Tokens are verified one after the other, so that the last one sent is the one that holds. */
  lastVerified: Promise<void>;
}

/**
 * The tokens of all sockets: the one that each shows in its handshake, and those that take its place. A socket whose
 * token ends stays: it goes on as the public's, without the views that only the token showed.
 */
export class SocketTokens {
  private readonly rightsOf: ReturnType<typeof rightsByToken>;
  private readonly addresses: AddressRate;
  private readonly kept = new WeakMap<LiveSocket, Kept>();

  /** `perSecond`: as many tokens as the sockets of one address may send in a second, four times as many at once. */
  constructor(
    keys: BearerKeys,
    perSecond: number,
    private readonly feed: Pick<SocketFeed, 'desk' | 'now'>,
  ) {
    this.rightsOf = rightsByToken(keys);
    this.addresses = new AddressRate(perSecond, perSecond * BURST_SECONDS, Date.now());
  }

  /** Judges the token of a handshake; gives what a client hears that is refused. */
  async receive({ data, handshake }: LiveSocket): Promise<Error | undefined> {
    const rights = await this.rightsOf(handshake.auth['token']).catch(handshakeRefusal);
    if (rights instanceof Error) return rights;
    Object.assign(data, rights);
    return undefined;
  }

  /** The socket is in: it is told before its token ends, and what the token allows ends with it. */
  hold(socket: LiveSocket): void {
    const bucket = new TokenBucket(TOKENS_PER_SECOND, TOKENS_AT_ONCE, Date.now());
    this.kept.set(socket, { timer: undefined, bucket, lastVerified: Promise.resolve() });
    this.schedule(socket);
  }

  forget(socket: LiveSocket): void {
    clearTimeout(this.kept.get(socket)?.timer);
    this.kept.delete(socket);
  }

  /** Verifies a new token, and puts it in the place of the one before; a token that is refused changes nothing. */
  replace(socket: LiveSocket, token: string | null, reply: (answer: TokenTaken | SocketRefusal) => void): void {
    const kept = this.kept.get(socket);
    if (!kept) return;
    const now = Date.now();
    const waitMs = kept.bucket.take(now) || this.addresses.take(socket.data.address, now);
    if (waitMs > 0) return reply(refusal('rate_limited', 'too many tokens', waitMs));
    kept.lastVerified = kept.lastVerified.then(() => this.verify(socket, token, reply));
  }

  private async verify(
    socket: LiveSocket,
    token: string | null,
    reply: (answer: TokenTaken | SocketRefusal) => void,
  ): Promise<void> {
    const rights = await this.rightsOf(token).catch(tokenRefusal);
    if ('ok' in rights) return reply(rights);
    // It may have gone in the meantime.
    if (!this.kept.has(socket)) return;
    reply({ ok: true, until: rights.until });
    this.become(socket, rights, REPLACED);
  }

  private become(socket: LiveSocket, rights: Rights, why: Omit<LeftFrame, 'view'>): void {
    Object.assign(socket.data, rights);
    if (rights.audience === 'public') this.feed.desk.leaving.leaveAll(socket, 'private', why, this.feed.now);
    this.schedule(socket);
  }

  private schedule(socket: LiveSocket): void {
    const { until } = socket.data;
    clearTimeout(this.kept.get(socket)?.timer);
    if (until === null) return;
    this.at(socket, until - WARNED_BEFORE_MS, () => {
      socket.emit('token_expires', { at: until });
      this.at(socket, until + CLOCK_TOLERANCE_MS, () => {
        this.become(socket, { audience: 'public', until: null }, EXPIRED);
      });
    });
  }

  /** Calls at that moment, epoch ms; at once if it has passed. A timer of Node's is good for 24 days, and must keep no process. */
  private at(socket: LiveSocket, moment: number, call: () => void): void {
    const kept = this.kept.get(socket);
    const waitMs = moment - Date.now();
    if (waitMs <= 0) return call();
    if (!kept) return;
    kept.timer = setTimeout(() => this.at(socket, moment, call), Math.min(waitMs, LONGEST_TIMER_MS)).unref();
  }
}
