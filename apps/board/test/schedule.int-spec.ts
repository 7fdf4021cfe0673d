import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { describeInBrowser } from './describe-in-browser';

const ANNOUNCED = 245;

describeInBrowser('a long schedule, in a browser', (given) => {
  it('says how much more there is, shows it, and gives all of it as a calendar', async () => {
    const at = (minutes: number) => new Date(Date.now() + 86_400_000 + minutes * 60_000).toISOString();
    const data = (n: number) => ({
      room_id: randomUUID(),
      title: n === 0 ? '\u200B\u200B\u200B' : `Lesson ${n}`,
      mode: 'webcam',
      scheduled_start_time: at(n),
    });
    const announced = Array.from({ length: ANNOUNCED }, (_, n) => event('session.scheduled.v1', randomUUID(), data(n)));
    await given().producer.send('sessions', ...announced);
    const page = await given().open('/schedule');
    await page.getByText(`${ANNOUNCED} announced.`).waitFor();
    await page.getByText('45 more are announced.').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'All of it as a calendar' }).click();
    const file = await readFile(await (await download).path(), 'utf8');
    expect(file.match(/BEGIN:VEVENT/g)).toHaveLength(ANNOUNCED);
    await page.getByRole('button', { name: 'Show more' }).click();
    const shown = page.locator('main ol > li');
    await eventuallyPasses('all are there', async () => expect(await shown.count()).toBe(ANNOUNCED));
    expect(await page.getByText('more are announced').count()).toBe(0);
    // A title that nobody can see is still a link to be seen, and has a name.
    const box = await page.getByRole('link', { name: 'Untitled', exact: true }).boundingBox();
    expect(box?.width).toBeGreaterThan(20);
  });
});
