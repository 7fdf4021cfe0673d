import {
  Ack,
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { Inject } from '@nestjs/common';
import type { Done, SocketRefusal, Subscribed } from '#libs/contracts';
import { type Ask, AddressRate, refusal } from '#libs/live-list';
import { bearerKeys, callerAddress, networkOf } from '#libs/service-host';
import { BURST_SECONDS } from '../burst-seconds';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config';
import { GatewayMetrics } from '../push/gateway.metrics';
import { OpenSockets } from '../push/open-sockets';
import { SocketFeed } from '../push/socket.feed';
import type { LiveServer, LiveSocket } from '../push/live-socket';
import { guardMessages } from './message-guard';
import { replyTo } from './reply';
import {
  type Asked,
  understandSubscribe,
  understandToken,
  understandUnsubscribe,
  understandUnwatch,
  understandWatch,
} from './understand';
import { SocketTokens } from '../tokens/socket-tokens';
import { type Connection, connectionOf, cut, releaseRequest } from '../push/wire';

/** A verified token costs a signature: a connection may show so many before it is in. */
const TOKENS_OF_A_CONNECTION = 3;

/** A request, and where its answer goes. */
interface Request {
  socket: LiveSocket;
  event: string;
  ack: unknown;
}

/**
 * The socket's events. Acks are called by hand: an answer's frame must follow its ack, and what Nest returns for a
 * handler leaves too late.
 */
@WebSocketGateway()
export class SessionsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  private readonly tokens: SocketTokens;
  private readonly shown = new WeakMap<Connection, number>();
  private readonly addresses = new WeakMap<Connection, string>();
  private readonly messages: AddressRate;

  constructor(
    private readonly feed: SocketFeed,
    private readonly sockets: OpenSockets,
    private readonly metrics: GatewayMetrics,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    const { MESSAGES_PER_ADDRESS: perSecond } = config;
    this.messages = new AddressRate(perSecond, perSecond * BURST_SECONDS, Date.now());
    this.tokens = new SocketTokens(bearerKeys(config), config.CONNECTIONS_PER_SECOND, feed);
  }

  /** Nest's guards do not run for a connection: the handshake is judged here. */
  afterInit(server: LiveServer): void {
    server.use((socket, next) => {
      this.know(socket);
      next();
    });
    server.use((socket, next) => void this.receive(socket, next));
    this.sockets.open(server);
  }

  handleConnection(socket: LiveSocket): void {
    releaseRequest(socket);
    this.tokens.hold(socket);
  }

  handleDisconnect(socket: LiveSocket): void {
    this.tokens.forget(socket);
    this.feed.forget(socket);
  }

  @SubscribeMessage('subscribe')
  subscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const request = { socket, event: 'subscribe', ack };
    const asked = understandSubscribe(body);
    if (asked.ok) this.feed.ask(this.askOf(request, asked.value));
    else this.replyOf(request)(asked);
  }

  @SubscribeMessage('watch')
  watch(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const request = { socket, event: 'watch', ack };
    const asked = understandWatch(body);
    if (!asked.ok) return this.replyOf(request)(asked);
    const ask = this.askOf(request, asked.value);
    if (asked.value.isMore) this.feed.desk.watching.more({ ...ask, question: asked.value.question }, this.feed.now);
    else this.feed.ask(ask);
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyTo(socket, 'unsubscribe', ack);
    const request = understandUnsubscribe(body);
    if (!request.ok) return reply(request);
    const left = this.feed.desk.leaving.leave(socket, request.value.view);
    reply(left ? { ok: true } : refusal('unknown_view', 'you do not follow this view'));
  }

  @SubscribeMessage('unwatch')
  unwatch(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = this.replyOf({ socket, event: 'unwatch', ack });
    const request = understandUnwatch(body);
    if (!request.ok) return reply(request);
    const { ids, of: holds } = request.value;
    this.feed.desk.watching.less(socket, { ids, holds }, reply, this.feed.now);
  }

  /** Another token for the connection; what a bad one would replace stays until its own end. */
  @SubscribeMessage('token')
  token(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyTo(socket, 'token', ack);
    const request = understandToken(body);
    if (!request.ok) return reply(request);
    this.tokens.replace(socket, request.value.token, reply);
  }

  private askOf(request: Request, { question, returning }: Asked): Ask<LiveSocket> {
    const { socket, ack } = request;
    const { audience, address } = socket.data;
    const hearsReply = typeof ack === 'function';
    return { listener: socket, address, audience, question, returning, hearsReply, reply: this.replyOf(request) };
  }

  /** Answers, and counts the answer. */
  private replyOf({ socket, event, ack }: Request): (given: Subscribed | Done | SocketRefusal) => void {
    const answer = replyTo(socket, event, ack);
    return (given) => {
      const outcome = given.ok ? ('mode' in given ? given.mode : 'done') : given.code;
      this.metrics.answers.inc({ outcome });
      answer(given);
    };
  }

  /** Where it comes from is asked once: the handshake's request is gone when a connection enters for a second time. */
  private know(socket: LiveSocket): void {
    const { data, request } = socket;
    const connection = connectionOf(socket);
    const address = this.addresses.get(connection) ?? networkOf(callerAddress(request, this.config.TRUSTED_PROXIES));
    this.addresses.set(connection, address);
    data.address = address;
    data.countMessage = (now) => this.messages.take(address, now);
  }

  private async receive(socket: LiveSocket, next: (refusal?: Error) => void): Promise<void> {
    if (!this.mayShowAnother(connectionOf(socket))) return cut(connectionOf(socket));
    const refused = await this.tokens.receive(socket);
    if (refused) return next(refused);
    guardMessages(socket, () => this.sockets.dismiss(socket, 'flood'));
    next();
  }

  private mayShowAnother(connection: Connection): boolean {
    const shown = (this.shown.get(connection) ?? 0) + 1;
    this.shown.set(connection, shown);
    return shown <= TOKENS_OF_A_CONNECTION;
  }
}
