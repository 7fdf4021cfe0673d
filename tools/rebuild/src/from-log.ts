import { createDataSource, demandSchema, foldLogAgain, recordSize } from '#libs/session-store';
import { type Progress, bar } from '#tools/terminal';
import { foldedAgainText } from './texts';

/** Folds all sessions again from their log, and says what it found. `changes`: false mends nothing. */
export async function rebuildFromLog(databaseUrl: string, changes: boolean, progress: Progress): Promise<string> {
  const source = createDataSource({ url: databaseUrl, name: 'rebuild --from-log', poolSize: 2 });
  await source.initialize();
  try {
    await demandSchema(source, { writes: true });
    const { sessions } = await recordSize(source);
    const found = await foldLogAgain(source, changes, ({ right, mended, notWhole }) => {
      const done = right + mended.length + notWhole.length;
      progress.show(`${bar(done, sessions)}  ${done} of ${sessions} sessions`);
    });
    progress.clear();
    return foldedAgainText(found, changes);
  } finally {
    await source.destroy();
  }
}
