export * from './columns';
export * from './printable';
export * from './progress';
