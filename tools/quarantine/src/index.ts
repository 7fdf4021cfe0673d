export * from './admin-client';
export * from './flags';
export * from './run';
