import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { eventually, eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { describeInBrowser } from './describe-in-browser';
import { traceFrames } from './frame-trace';
import { layoutShifts } from './layout-shifts';

const ROWS = 1000;
/** So many times all counts move. */
const MOVES = 20;
const GOAL_MS = 50;
/** What is asserted: a machine that does much else at the same time holds a page up for longer. */
const AT_MOST_MS = 500;

describeInBrowser('a thousand rows, in a browser', (given) => {
  const ids = Array.from({ length: ROWS }, () => randomUUID());
  /** A number that says in which move it was counted. */
  const countOf = (place: number, move: number) => 1000 * (move + 1) + ((place * 7919 * (move + 1)) % 997);
  const countAll = (move: number) => {
    const counts = ids.map((id, place) => event('viewers.counted.v1', id, { viewer_count: countOf(place, move) }));
    return given().producer.send('viewers', ...counts);
  };
  const largest = (move: number) => Math.max(...ids.map((_, place) => countOf(place, move)));

  beforeAll(async () => {
    const data = (place: number) => ({ title: `Session ${place}`, mode: 'webcam', lease_seconds: 3600 });
    const starts = ids.map((id, place) => event('session.started.v1', id, data(place)));
    await given().producer.send('sessions', ...starts);
    await countAll(0);
  });

  const firstCount = async (page: Page) =>
    Number((await page.locator('[role="row"][aria-rowindex="2"] strong').textContent())?.replaceAll(/\D/g, ''));

  it('keep moving while all counts move: nothing shifts, and how long frames took is printed', async () => {
    const page = await given().open('/');
    await eventuallyPasses('all are on air', async () => {
      await page.getByText('1,000 sessions').waitFor();
      expect(await firstCount(page)).toBe(largest(0));
    });
    // To the end of the list, as a person scrolls: the rows that a view does not hold come page by page.
    await eventually('all rows are there', async () => {
      await page.mouse.wheel(0, 20_000);
      return (await page.getByRole('table', { name: 'Sessions' }).getAttribute('aria-rowcount')) === String(ROWS + 1)
        ? true
        : undefined;
    });
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForLoadState('networkidle');

    const frames = await traceFrames(page, async () => {
      for (let move = 1; move <= MOVES; move++) {
        await countAll(move);
        await eventuallyPasses(`move ${move} is shown`, async () => expect(await firstCount(page)).toBe(largest(move)));
      }
    });
    process.stderr.write(`1 000 rows, ${MOVES} moves of all counts: ${frames.text(GOAL_MS)}\n`);
    expect(await layoutShifts(page)).toEqual([]);
    expect(frames.longestCpuMs).toBeLessThan(AT_MOST_MS);
  });
});
