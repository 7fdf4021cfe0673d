export * from './kafka';
export * from './supervised-consumer';
export * from './topics';
