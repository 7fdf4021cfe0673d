import { readConfig } from '#libs/service-host';
import { retentionConfig } from '#libs/session-store';
import { z } from 'zod';

const schema = z.object({ PARTITION_MINUTES: retentionConfig.PARTITION_MINUTES });

/** By the same variable as session-lifecycle has. Throws an error that says what is wrong with it. */
export function readPartitionMinutes(): number {
  return readConfig(schema).PARTITION_MINUTES;
}
