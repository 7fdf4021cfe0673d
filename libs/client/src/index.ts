export * from './held-list';
export * from './shown-order';
