export * from './consumer-status';
export * from './event-producer';
export type { KafkaLog, KafkaOptions, KafkaSecurity } from './kafka';
export * from './log-bounds';
export type { StartingPlace } from './membership';
export { type Slice, type SliceLimits, type SliceRecord, recordsOfBatch } from './slice';
export * from './supervised-consumer';
export * from './topics';
export type { UnreadableBatch, UnreadableReason } from './wire/fetched-message';
