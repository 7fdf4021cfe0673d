import type { Gap, IngestProgress } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';

/** Writes down that a log is out of order, and tells it unless it was known. `offset`: where reading goes on. */
export async function noteGap(gap: Gap, offset: string, progress: IngestProgress, log: PinoLogger): Promise<void> {
  if (!(await progress.note(gap, offset))) return;
  const { topic, partition, kind, from, to, why } = gap;
  const fields = { topic, partition, from, to, why };
  if (kind === 'missing') log.error(fields, 'offsets of the log are missing for good');
  else if (kind === 'recreated') log.error(fields, 'the log is another one; it is read from its beginning');
  else log.warn(fields, 'the log is read again');
}
