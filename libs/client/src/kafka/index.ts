/**
 * The producer of Marquee's events for services that have Kafka.
 *
 *     const producer = new MarqueeProducer({ kafka: new Kafka({ brokers }), source: '/studio' });
 *     await producer.emit({ type: 'session.started.v1', subject: id, data: { title } });
 *     await producer.close();
 *
 * Events are judged before they leave: on Kafka nobody answers, and what cannot be read waits in quarantine.
 */
export { EmitError, type EmitOutcome, type RefusedEvent } from '../emit/emit-error';
export type { Emitted } from '../emit/emitted';
export type { CloudEvent, EventInput, EventType } from '../emit/event';
export type { EventData } from '../emit/event-data';
export * from './marquee-producer';
