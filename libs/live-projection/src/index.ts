export * from './errors';
export * from './projection-reader';
export * from './projection-writer';
