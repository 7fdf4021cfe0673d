import { operationsPlace, readConfig, runService } from '#libs/service-host';
import { appModule } from './app.module';
import { lifecycleConfig } from './config';

void runService(() => {
  const config = readConfig(lifecycleConfig);
  return {
    module: appModule(config),
    options: { name: 'session-lifecycle', host: config.HOST, port: config.PORT, operations: operationsPlace(config) },
  };
});
