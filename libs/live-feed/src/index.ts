export * from './live-feed';
export * from './presentation';
export * from './shared-after';
