export { type Written } from './change-writer';
export * from './errors';
export { type HeldKind, type Holding } from './holdings';
export { type Inspection } from './inspection';
export * from './projection-contents';
export * from './projection-reader';
export * from './projection-writer';
export * from './reader-metrics';
