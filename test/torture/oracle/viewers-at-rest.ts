import { setTimeout as wait } from 'node:timers/promises';
import type { Limits } from '../limits';
import type { RecordWitness } from './record-witness';
import { type ViewerHistoryRows, isAtRest } from './viewer-rows';

const ASK_AGAIN_MS = 300;

/** Viewer history when nothing of it is under way to another grain; as it is, when that does not come to be in time. */
export async function viewersAtRest(record: RecordWitness, { history: limit }: Limits): Promise<ViewerHistoryRows> {
  const deadline = Date.now() + limit;
  for (;;) {
    const isOver = Date.now() > deadline;
    if (isOver || (await record.viewersRest())) {
      const history = await record.viewers();
      // Another partition may have become old since.
      if (isOver || isAtRest(history)) return history;
    }
    await wait(ASK_AGAIN_MS);
  }
}
