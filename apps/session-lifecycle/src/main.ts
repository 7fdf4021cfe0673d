import { readConfig, runService } from '#libs/service-host';
import { AppModule } from './app.module';
import { lifecycleConfig } from './config';

void runService(() => {
  const config = readConfig(lifecycleConfig);
  return {
    module: AppModule.with(config),
    options: { name: 'session-lifecycle', host: config.HOST, port: config.PORT },
  };
});
