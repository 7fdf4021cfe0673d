export * from './migrate-database';
