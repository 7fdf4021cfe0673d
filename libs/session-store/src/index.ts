export * from './data-source';
export * from './entities';
export * from './list-sessions';
export * from './session.store';
export * from './slice/event-log';
export * from './slice/record-counts';
export * from './slice/record-reference';
export * from './slice/slice';
