import 'reflect-metadata';
import { operationsPlace, readConfig, runService } from '#libs/service-host';
import { appModule } from './app.module';
import { queryConfig } from './config';
import { prepare } from './prepare';

void runService(() => {
  const config = readConfig(queryConfig);
  return {
    module: appModule(config),
    options: {
      name: 'session-query',
      host: config.HOST,
      port: config.PORT,
      operations: operationsPlace(config),
      prepare,
    },
  };
});
