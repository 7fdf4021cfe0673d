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
import type { Done, Refusal, Subscribed } from '#libs/contracts';
import { watchQuestion } from '#libs/live-list';
import { LiveDesk } from './live-desk.service';
import type { LiveServer, LiveSocket } from './live-socket';
import {
  type Asked,
  type Understood,
  refuse,
  understandSubscribe,
  understandUnsubscribe,
  understandUnwatch,
  understandWatch,
} from './requests';

type Reply = (answer: Subscribed | Done | Refusal) => void;

/**
 * The socket's events. Acks are called by hand: an answer's frame must follow its ack, and what Nest returns for a
 * handler leaves too late.
 */
@WebSocketGateway()
export class SessionsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  constructor(private readonly live: LiveDesk) {}

  afterInit(server: LiveServer): void {
    this.live.open(server);
  }

  handleConnection(socket: LiveSocket): void {
    socket.data.audience = 'public';
  }

  handleDisconnect(socket: LiveSocket): void {
    this.live.desk.forget(socket);
  }

  @SubscribeMessage('subscribe')
  subscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.ask(socket, understandSubscribe(body), replyBy(ack));
  }

  @SubscribeMessage('watch')
  watch(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    this.ask(socket, understandWatch(body), replyBy(ack));
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyBy(ack);
    const request = understandUnsubscribe(body);
    if (!request.ok) return reply(request);
    const left = this.live.desk.leave(socket, request.value.view);
    reply(left ? { ok: true } : refuse('unknown_view', 'you do not follow this view'));
  }

  /** What is left of the watch is a view of its own, answered like a `watch`. */
  @SubscribeMessage('unwatch')
  unwatch(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() ack: unknown): void {
    const reply = replyBy(ack);
    const request = understandUnwatch(body);
    if (!request.ok) return reply(request);
    const { desk } = this.live;
    const watch = desk.fanout.followed(socket).find(({ question }) => question.kind === 'watch');
    if (!watch || watch.question.kind !== 'watch') return reply(refuse('unknown_view', 'you watch nothing'));
    const gone = new Set(request.value.ids ?? watch.question.ids);
    const ids = watch.question.ids.filter((id) => !gone.has(id));
    if (ids.length > 0)
      return this.ask(socket, { ok: true, value: { question: watchQuestion(ids), returning: {} } }, reply);
    desk.leave(socket, watch.name);
    reply({ ok: true });
  }

  private ask(listener: LiveSocket, asked: Understood<Asked>, reply: Reply): void {
    if (!asked.ok) return reply(asked);
    this.live.desk.ask({ ...asked.value, listener, audience: listener.data.audience, reply }, Date.now());
  }
}

/** A client that wants no ack gets none. */
function replyBy(ack: unknown): Reply {
  return (answer) => {
    if (typeof ack === 'function') ack(answer);
  };
}
