import { type Moves, every } from '../push/moves';
import { type MovingList, sessionId } from '../push/moving-list';

const BATCH_EVERY_MS = 50;

/** Changes all over the list, so many a second: counts, and in each batch an edit, so that a frame is due every 250 ms. */
export function moving(list: MovingList, perSecond: number, rows: number): Moves {
  let [batch, change] = [0, 0];
  return every(BATCH_EVERY_MS, async () => {
    batch += 1;
    for (let left = (perSecond * BATCH_EVERY_MS) / 1000; left > 1; left -= 1) {
      change += 1;
      list.count(((change * 7919) % rows) + 1, change % 1000);
    }
    list.edit((batch % rows) + 1, `Edited for the ${batch}th time`);
    await list.write();
  });
}

/** Counts as texts, so many a second; what is published at once are those of 50 ms, or one. */
export function singleChanges(publish: (texts: string[]) => Promise<unknown>, perSecond: number, rows: number): Moves {
  let change = 0;
  const perBatch = Math.max(1, Math.round((perSecond * BATCH_EVERY_MS) / 1000));
  return every((perBatch / perSecond) * 1000, async () => {
    const texts = Array.from({ length: perBatch }, () => {
      change += 1;
      return JSON.stringify([sessionId(((change * 7919) % rows) + 1), change % 1000, 999]);
    });
    await publish(texts);
  });
}
