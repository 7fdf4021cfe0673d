import { EVENT_TYPES, TOPICS, type TopicName } from '../events/topics';
import { EXAMPLE_EVENTS, EXAMPLE_FRAMES } from './async-examples';
import { EVENT_COMPONENTS, EVENT_DATA_COMPONENTS, SOCKET_COMPONENTS, componentSchemas } from './component-schemas';
import { SOCKET_CHANNEL, SOCKET_MESSAGES, SOCKET_OPERATIONS } from './asyncapi-socket';

const ABOUT = `What producers say to Marquee over Kafka, and what Marquee says to browsers over Socket.IO.

Events are CloudEvents 1.0 in JSON, structured or binary mode: the header \`content-type\` decides which, without it headers
that begin with \`ce_\` do. In binary mode a null or empty value is an event without data. The Kafka key equals \`subject\`.
\`time\` says in which order events happened, to the microsecond; \`started_at\` and \`ended_at\` only say
what is shown. Any order, any duplication and any batching of the same events gives the same list: \`source\` and \`id\` together are an event's identity. What cannot be
read waits in quarantine and delays nobody.`;

const TOPICS_SAY: Record<TopicName, string> = {
  sessions: 'The life of sessions; the key is the id of the session.',
  viewers: 'How many watch a session: an absolute number, never a difference.',
  directory:
    'Rooms, hosts and presets in full, compacted; a null or empty value without `ce_` headers deletes the entity of its key.',
};

const KEY = { type: 'string', format: 'uuid', description: 'The same as `subject`.' };
const eventNames = Object.keys(EVENT_COMPONENTS) as (keyof typeof EVENT_COMPONENTS)[];
const topicNames = Object.keys(TOPICS) as TopicName[];

/** The AsyncAPI 3 document of the topics and the socket. */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.1.0',
    info: { title: 'Marquee', version: '1', description: ABOUT },
    defaultContentType: 'application/json',
    servers: {
      kafka: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'Where producers send.' },
      gateway: {
        host: '127.0.0.1:3001',
        pathname: '/socket.io/',
        protocol: 'ws',
        description: 'Socket.IO 4, namespace `/`, by websocket.',
      },
    },
    channels: { ...Object.fromEntries(topicNames.map((name) => [name, topicChannel(name)])), socket: SOCKET_CHANNEL },
    operations: { ...Object.fromEntries(topicNames.map(takeFrom)), ...SOCKET_OPERATIONS },
    components: {
      schemas: componentSchemas({ ...EVENT_COMPONENTS, ...EVENT_DATA_COMPONENTS, ...SOCKET_COMPONENTS }, 'draft-7'),
      messages: { ...Object.fromEntries(eventNames.map(eventMessage)), ...socketMessages() },
    },
  };
}

function topicChannel(name: TopicName) {
  const { partitions, compacted } = TOPICS[name];
  const ofTopic = eventNames.filter((event) => EVENT_TYPES.get(typeOf(event))?.topic === name);
  return {
    address: `marquee.${name}`,
    description: TOPICS_SAY[name],
    servers: [{ $ref: '#/servers/kafka' }],
    messages: Object.fromEntries(ofTopic.map((event) => [event, { $ref: `#/components/messages/${event}` }])),
    bindings: {
      kafka: {
        partitions,
        topicConfiguration: { 'cleanup.policy': [compacted ? 'compact' : 'delete'] },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function takeFrom(name: TopicName): [string, object] {
  return [
    `take${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    { action: 'receive', channel: { $ref: `#/channels/${name}` }, summary: TOPICS_SAY[name] },
  ];
}

function eventMessage(name: keyof typeof EVENT_COMPONENTS): [string, object] {
  return [
    name,
    {
      name: typeOf(name),
      title: typeOf(name),
      contentType: 'application/cloudevents+json',
      payload: { $ref: `#/components/schemas/${name}` },
      examples: [{ payload: EXAMPLE_EVENTS[name] }],
      bindings: { kafka: { key: KEY, bindingVersion: '0.5.0' } },
    },
  ];
}

function socketMessages(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SOCKET_MESSAGES).map(([schema, { name, summary }]) => [
      schema,
      {
        name,
        title: name,
        summary,
        payload: { $ref: `#/components/schemas/${schema}` },
        examples: [{ payload: EXAMPLE_FRAMES[schema as keyof typeof EXAMPLE_FRAMES] }],
      },
    ]),
  );
}

function typeOf(name: keyof typeof EVENT_COMPONENTS): string {
  return EVENT_COMPONENTS[name].shape.type.value;
}
