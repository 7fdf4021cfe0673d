import { MaintenancePost } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import { eventually } from '../../test/given/eventually';
import type { MovedStack } from './moved-stack';

/** The service's own loop may have its turn. */
const WITHIN_MS = 600_000;

/**
 * Lets all leave that is old by a time up to which everything is recorded, by `npm run maintain`: the service has its turn
 * once a minute, in which more than a day passes here.
 */
export async function letAllLeave(moved: MovedStack, source: DataSource, watermark: number): Promise<void> {
  await eventually(
    'nobody else takes away what is old, so that the command can',
    async () => {
      await note(source, watermark);
      await moved.command('tools/maintain/src/main.js', ['--now']);
      return true;
    },
    WITHIN_MS,
  );
}

/** As the service does in its turn. */
async function note(source: DataSource, watermark: number): Promise<void> {
  const post = new MaintenancePost(source, 'bench');
  if ((await post.hold(1000)) === null) throw new Error('the service holds the post');
  await post.note(watermark);
  await post.leave();
}
