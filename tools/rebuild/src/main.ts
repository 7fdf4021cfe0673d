import { readConfig } from '#libs/service-host';
import { runningMarquee } from '#tools/stack';
import { Progress, runCommand } from '#tools/terminal';
import { type LifecycleConfig, lifecycleConfig } from '../../../apps/session-lifecycle/src/config';
import { type Command, USAGE, readCommand } from './flags';
import { rebuildFromKafka } from './from-kafka';
import { rebuildFromLog } from './from-log';

async function run(command: Command): Promise<string> {
  if (command.name === 'help') return USAGE;
  const progress = new Progress();
  if (command.name === 'from-kafka') return rebuildFromKafka(meantConfig(), command, progress);
  return rebuildFromLog(meantConfig().DATABASE_URL, command.changes, progress);
}

/** That of the environment; what it leaves out is that of a running `npm start`. */
function meantConfig(): LifecycleConfig {
  const running = runningMarquee();
  return readConfig(lifecycleConfig, {
    ...(running && {
      KAFKA_BROKERS: running.kafka_brokers.join(','),
      DATABASE_URL: running.postgres_url,
      REDIS_URL: running.redis_url,
    }),
    ...process.env,
  });
}

void runCommand({ read: readCommand, usage: USAGE, run });
