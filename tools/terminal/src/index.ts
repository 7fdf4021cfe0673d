export * from './columns';
export * from './printable';
