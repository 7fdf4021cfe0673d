export * from './data-source';
export { type Epochs, ProjectionEpochs } from './epochs';
export { DatabaseAway, type FailureKind, failureKind } from './failures/failure-kind';
export * from './history/viewer-history';
export {
  type FoundGap,
  type Gap,
  IngestProgress,
  type PartitionProgress,
  ProgressBroken,
} from './ingest/ingest-progress';
export * from './ingest/topic-pauses';
export * from './ingest/valid-sources';
export * from './ingest/watch-post';
export * from './keys/api-keys';
export { isKeyText } from './keys/key-text';
export { QUESTION_LIMIT_MS } from './list/bounded-question';
export { FROZEN, type FrozenLists, type ListedPage, type Part } from './list/list-sessions';
export type { After } from './list/order';
export { isSupported, readsAllThatIsOpen, whatHelps } from './list/support';
export { TooExpensive } from './list/too-expensive';
export { READ_LIMIT, pastOf } from './list/ways';
export { noteInOutbox, type Touched } from './outbox/note-in-outbox';
export { OldEpoch } from './outbox/old-epoch';
export * from './outbox/outbox';
export type { Recorded } from './outbox/recorded';
export { type FoldedAgain, foldLogAgain } from './rebuild/fold-log-again';
export { type RecordSize, emptyRecord, recordSize } from './rebuild/empty-record';
export type { ProjectedVersion } from './projected';
export { ensurePartitions } from './partitions/ensure-partitions';
export { PARTITION_MINUTES } from './partitions/partitioned';
export { isTime, sourceName } from './quarantine/bounds';
export * from './quarantine/header-bytes';
export { QUARANTINE_BUDGET, type QuarantineBudget } from './quarantine/put-in-quarantine';
export * from './quarantine/quarantine';
export * from './quarantine/quarantine-ranges';
export * from './schema/migrate';
export type { MigrateNews } from './schema/migrate-news';
export { type Migration, nameOf as migrationName, versionOf as migrationVersion } from './schema/migration';
export { demandSchema, schemaState, type SchemaState } from './schema/schema-state';
export { allThatLeaves } from './retention/all-that-leaves';
export type { Leaving, LeavingPlan, LeavingStep } from './retention/leaving';
export { MaintenancePost } from './retention/maintenance-post';
export { type LetLeave, letLeave } from './retention/let-leave';
export { DEFAULT_POLICY, type RetentionPolicy } from './retention/policy';
export { contradictingRetention, policyOf, retentionConfig } from './retention/retention-config';
export { leavingByRows } from './retention/leaving-by-rows';
export type { Became } from './session-log/entry';
export { type LogPlace, loggedAt, loggedEvents } from './session-log/logged-events';
export type { LogEntry } from './session-log/read-entries';
export * from './session.store';
export { type FanOutBacklog, SESSIONS_PER_PAGE, TOLD_AT_ONCE } from './slice/fan-out';
export type { Loggable } from './slice/loggable';
export * from './slice/record-counts';
export * from './slice/record-reference';
export * from './slice/slice';
export { foldTextsAnew } from './texts/fold-texts-anew';
export { type Move, countTotalsAnew, keepTotals } from './totals/keep-totals';
export { type Difference, NOTHING } from './verify/difference';
export { differingFields } from './verify/differing-fields';
export { repairReferenceTexts } from './verify/repair-reference-texts';
export { repairSessions } from './verify/repair-sessions';
export { type ToTell, tellAgain } from './verify/tell-again';
export { addToTotals, totalsAgainstCount } from './verify/totals-drift';
export { underWay } from './verify/under-way';
export { type VerifiedPage, verifyReferenceTexts, verifySessions } from './verify/verify-pages';
