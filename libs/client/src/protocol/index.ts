/**
 * The rule of the live protocol, for who speaks it without the client: models, checks and light clients of tests. It is
 * no part of the package.
 */
export * from './held-list';
export * from './shown-order';
