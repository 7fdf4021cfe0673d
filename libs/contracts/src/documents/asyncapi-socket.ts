import { MAX_REQUEST_BYTES } from '../socket/protocol';

const ABOUT = `Every message of a client is acked, if it asks for an ack; at most ${MAX_REQUEST_BYTES} bytes each. A view's frames have numbers. The rule for clients:

- apply a delta whose \`prev\` is the frame you have, and take its \`frame\`; drop one whose \`frame\` is not greater;
- else, or when a \`heartbeat\` names another frame, subscribe again with what you hold (\`have\`, \`of\`, \`at\`);
- from sending \`subscribe\` to its answer drop the view's frames;
- show what you hold by the sort's field, null last, then id; the first \`limit\`.`;

/** What is said over the socket, by the name of its schema: the name of its Socket.IO event, and what it means. */
export const SOCKET_MESSAGES = {
  SubscribeRequest: { name: 'subscribe', summary: 'Follow the answer to a question.' },
  UnsubscribeRequest: { name: 'unsubscribe', summary: 'Follow it no more.' },
  WatchRequest: { name: 'watch', summary: 'Follow these sessions, whatever list they are in, with exact counts.' },
  WatchMoreRequest: { name: 'watch', summary: 'Follow these as well; the next delta of the watch tells them.' },
  TokenRequest: {
    name: 'token',
    summary: 'Show another token: before the one that was shown ends, or because somebody has logged in or out.',
  },
  UnwatchRequest: { name: 'unwatch', summary: 'Follow these, or all, no more.' },
  Subscribed: {
    name: 'ack: subscribed',
    summary: 'Understood; a snapshot, a delta or nothing follows, as `mode` says.',
  },
  Done: { name: 'ack: done', summary: 'Done.' },
  TokenTaken: { name: 'ack: token taken', summary: 'The token was taken; `until` says when it ends.' },
  Refusal: { name: 'ack: refused', summary: 'Not understood, or not possible now; `code` is stable.' },
  Snapshot: { name: 'snapshot', summary: 'The whole answer of a view.' },
  Delta: { name: 'delta', summary: 'The difference to the frame `prev`; null: to the `have` that was sent.' },
  Heartbeat: { name: 'heartbeat', summary: 'The view is silent, or its staleness has changed.' },
  Reset: { name: 'reset', summary: 'What you hold is void; a snapshot follows.' },
  Left: { name: 'left', summary: 'A view that the token showed was let go; the question may be asked again.' },
  TokenExpires: { name: 'token_expires', summary: 'The token of this connection ends then; send another one.' },
  Bye: { name: 'bye', summary: 'The server closes; come again after so long.' },
  RequestError: { name: 'error', summary: 'What was sent without an ack is refused; `code` is stable.' },
} as const;

type MessageName = keyof typeof SOCKET_MESSAGES;

const channel = { $ref: '#/channels/socket' };
const named = (names: readonly MessageName[]) => names.map((name) => ({ $ref: `#/channels/socket/messages/${name}` }));

export const SOCKET_CHANNEL = {
  address: '/',
  title: 'The socket',
  description: ABOUT,
  servers: [{ $ref: '#/servers/gateway' }],
  messages: Object.fromEntries(
    Object.keys(SOCKET_MESSAGES).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  ),
};

export const SOCKET_OPERATIONS = {
  subscribe: asked('SubscribeRequest', ['Subscribed', 'Refusal']),
  unsubscribe: asked('UnsubscribeRequest', ['Done', 'Refusal']),
  watch: asked('WatchRequest', ['Subscribed', 'Refusal']),
  watchMore: asked('WatchMoreRequest', ['Subscribed', 'Refusal']),
  unwatch: asked('UnwatchRequest', ['Subscribed', 'Done', 'Refusal']),
  token: asked('TokenRequest', ['TokenTaken', 'Refusal']),
  push: {
    action: 'send',
    channel,
    summary:
      'Frames of the views that a client follows, one per tick in which something changed; and what it should know.',
    messages: named(['Snapshot', 'Delta', 'Heartbeat', 'Reset', 'Left', 'TokenExpires', 'Bye', 'RequestError']),
  },
};

function asked(request: MessageName, acks: readonly MessageName[]) {
  return {
    action: 'receive',
    channel,
    summary: SOCKET_MESSAGES[request].summary,
    messages: named([request]),
    reply: { channel, messages: named(acks) },
  };
}
