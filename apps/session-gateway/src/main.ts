import 'reflect-metadata';
import { operationsPlace, readConfig, runService } from '#libs/service-host';
import { appModule } from './app.module';
import { gatewayConfig } from './config';
import { prepare } from './prepare';

void runService(() => {
  const config = readConfig(gatewayConfig);
  return {
    module: appModule(config),
    options: {
      name: 'session-gateway',
      host: config.HOST,
      port: config.PORT,
      operations: operationsPlace(config),
      prepare,
    },
  };
});
