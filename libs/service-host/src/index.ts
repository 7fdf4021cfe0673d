export * from './config';
export * from './metrics';
export * from './readiness';
export * from './refusal';
export * from './refusal.filter';
export * from './run-service';
export * from './service-host.module';
