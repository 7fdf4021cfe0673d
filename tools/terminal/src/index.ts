export * from './columns';
export * from './printable';
export * from './progress';
export * from './run-command';
