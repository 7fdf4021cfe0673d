export * from './flags';
export * from './repair';
export * from './report';
export * from './report-text';
export * from './verify';
