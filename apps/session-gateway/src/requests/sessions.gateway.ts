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
import type { Refusal, Subscribed } from '#libs/contracts';
import { AddressRate, watchQuestion } from '#libs/live-list';
import { bearerKeys, callerAddress, networkOf } from '#libs/service-host';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config';
import { GatewayMetrics } from '../push/gateway.metrics';
import { LiveDesk } from '../push/live-desk.service';
import type { LiveServer, LiveSocket } from './live-socket';
import { guardMessages } from './message-guard';
import { replyTo } from './reply';
import {
  type Asked,
  type Understood,
  refuse,
  understandSubscribe,
  understandToken,
  understandUnsubscribe,
  understandUnwatch,
  understandWatch,
} from './understand';
import { SocketTokens } from '../connect/socket-tokens';
import { type Connection, connectionOf, cut, releaseRequest } from '../push/wire';

/** A verified token costs a signature: a connection may show so many before it is in. */
const TOKENS_OF_A_CONNECTION = 3;

/** What an address may send at once, to what it may send a second. */
const BURST_SECONDS = 4;

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
    private readonly live: LiveDesk,
    private readonly metrics: GatewayMetrics,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    const { MESSAGES_PER_ADDRESS: perSecond } = config;
    this.messages = new AddressRate(perSecond, perSecond * BURST_SECONDS, Date.now());
    this.tokens = new SocketTokens(bearerKeys(config), config.CONNECTIONS_PER_SECOND, live);
  }

  /** Nest's guards do not run for a connection: the handshake is judged here. */
  afterInit(server: LiveServer): void {
    server.use((socket, next) => {
      this.know(socket);
      next();
    });
    server.use((socket, next) => void this.receive(socket, next));
    this.live.open(server);
  }

  handleConnection(socket: LiveSocket): void {
    releaseRequest(socket);
    this.tokens.hold(socket);
  }

  handleDisconnect(socket: LiveSocket): void {
    this.tokens.forget(socket);
    this.live.desk.forget(socket);
  }

  @SubscribeMessage('subscribe')
  subscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.ask({ socket, event: 'subscribe', ack }, understandSubscribe(body));
  }

  @SubscribeMessage('watch')
  watch(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.ask({ socket, event: 'watch', ack }, understandWatch(body));
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyTo(socket, 'unsubscribe', ack);
    const request = understandUnsubscribe(body);
    if (!request.ok) return reply(request);
    const left = this.live.desk.leave(socket, request.value.view);
    reply(left ? { ok: true } : refuse('unknown_view', 'you do not follow this view'));
  }

  /** What is left of the watch is a view of its own, answered like a `watch`. */
  @SubscribeMessage('unwatch')
  unwatch(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyTo(socket, 'unwatch', ack);
    const request = understandUnwatch(body);
    if (!request.ok) return reply(request);
    const { desk } = this.live;
    const watch = desk.watchOf(socket);
    if (!watch) return reply(refuse('unknown_view', 'you watch nothing'));
    const gone = new Set(request.value.ids ?? watch.ids);
    const ids = watch.ids.filter((id) => !gone.has(id));
    if (ids.length > 0) {
      const rest = { question: watchQuestion(ids), returning: {} };
      return this.ask({ socket, event: 'unwatch', ack }, { ok: true, value: rest });
    }
    desk.leaveWatch(socket);
    reply({ ok: true });
  }

  /** Another token for the connection; what a bad one would replace stays until its own end. */
  @SubscribeMessage('token')
  token(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyTo(socket, 'token', ack);
    const request = understandToken(body);
    if (!request.ok) return reply(request);
    this.tokens.replace(socket, request.value.token, reply);
  }

  private ask({ socket, event, ack }: Request, asked: Understood<Asked>): void {
    const answer = replyTo(socket, event, ack);
    const reply = (given: Subscribed | Refusal) => {
      this.metrics.answers.inc({ outcome: given.ok ? given.mode : given.code });
      answer(given);
    };
    if (!asked.ok) return reply(asked);
    const { audience, address } = socket.data;
    const hearsReply = typeof ack === 'function';
    this.live.desk.ask({ ...asked.value, listener: socket, address, audience, hearsReply, reply }, Date.now());
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
    guardMessages(socket, () => this.live.dismiss(socket, 'flood'));
    next();
  }

  private mayShowAnother(connection: Connection): boolean {
    const shown = (this.shown.get(connection) ?? 0) + 1;
    this.shown.set(connection, shown);
    return shown <= TOKENS_OF_A_CONNECTION;
  }
}
