export * from './data-source';
export * from './entities';
export * from './history/logged-events';
export * from './history/viewer-history';
export {
  type FoundGap,
  type Gap,
  IngestProgress,
  type PartitionProgress,
  ProgressBroken,
} from './ingest/ingest-progress';
export * from './ingest/quarantine';
export * from './ingest/topic-pauses';
export * from './ingest/watch-post';
export * from './keys/api-keys';
export { isKeyText } from './keys/key-text';
export * from './list/list-sessions';
export type { After } from './list/order';
export * from './outage';
export type { ProjectedVersion } from './projected';
export type { ProjectionClaims } from './projection-debt';
export * from './session.store';
export * from './slice/event-log';
export * from './slice/record-counts';
export * from './slice/record-reference';
export * from './slice/slice';
