import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';
import { describeInBrowser } from './describe-in-browser';
import { layoutShifts } from './layout-shifts';

const LISTS = 14;

describeInBrowser('the other pages, in a browser', (given) => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  let key: string;

  beforeAll(async () => {
    await given().start(first, 'Ramen at midnight', 300);
    await given().start(second, 'Pottery, day two', 200);
    await given().start(third, 'A drone track', 100);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await given().schedule(randomUUID(), randomUUID(), 'Tomorrow’s lesson', tomorrow);
    ({ key } = await given().makeKey('board', 'events:read', 'events:write', 'admin:read', 'sessions:private'));
  });

  it('show a session, its audience and its JSON', async () => {
    const page = await given().open(`/s/${first}`);
    await page.getByRole('heading', { name: 'Ramen at midnight' }).waitFor();
    await given().count(first, 301);
    await page.getByText('301', { exact: true }).first().waitFor();
    await page.getByText('To look at them takes a key').waitFor();
    await page.getByLabel('As everybody sees it').getByText(`"id": "${first}"`).waitFor();
    await page.goto(`${given().marquee.query.url}/s/${randomUUID()}`);
    await page.getByText('There is no such session').waitFor();
    await given().count(first, 300);
  });

  it('show what each event of a session did, and where it lies, to a key that may read events', async () => {
    const page = await given().open(`/s/${first}`, { key });
    await page.getByText('session.started.v1').first().waitFor();
    const place = new RegExp(`${given().marquee.topic('sessions')}.*\\d+.*\\d+`);
    await page.getByText(place).first().waitFor();
    await page.getByText('applied').first().waitFor();
  });

  it('show what is scheduled, and lead into a calendar', async () => {
    const page = await given().open('/schedule');
    await page.getByRole('link', { name: 'Tomorrow’s lesson' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tomorrow’s lesson: into your calendar' }).click();
    expect((await download).suggestedFilename()).toBe('Tomorrow-s-lesson.ics');
  });

  it('embed fourteen lists at once, and all of them move', async () => {
    const page = await given().open('/embed');
    await page.evaluate((lists) => {
      for (let n = 1; n <= lists; n++) {
        const list = document.createElement('marquee-live');
        list.setAttribute('limit', String(n));
        document.body.append(list);
      }
    }, LISTS);
    const lists = page.locator('body > marquee-live');
    const firstRows = () =>
      lists.evaluateAll((all) => all.map((list) => list.shadowRoot?.querySelector('li')?.textContent ?? ''));
    const areLedBy = (title: string) =>
      eventuallyPasses(`all are led by ${title}`, async () =>
        expect(await firstRows()).toEqual(
          Array.from({ length: LISTS }, () => expect.stringContaining(title) as string),
        ),
      );
    await areLedBy('Ramen at midnight');
    expect(await page.locator('body > marquee-live[state="live"]').count()).toBe(LISTS);
    expect(await lists.last().locator('li').count()).toBe(3);
    await given().count(third, 999);
    await areLedBy('A drone track');
    await given().count(third, 100);
    await areLedBy('Ramen at midnight');
    expect(await textOfCount(page)).toBe('3');
  });

  it('let nothing shift while they load', async () => {
    const paths = ['/', '/?status=ended', '/schedule', `/s/${first}`, '/how', '/ops'];
    for (const path of paths) {
      for (const opening of [{}, { key }]) {
        const page = await given().open(path, opening);
        await page.getByText('Live', { exact: true }).first().waitFor();
        await page.locator('main:not(:has([aria-busy="true"])) :is(h1, h2)').first().waitFor();
        await page.waitForLoadState('networkidle');
        expect([path, opening, await layoutShifts(page)]).toEqual([path, opening, []]);
        await page.context().close();
      }
    }
  });

  it('cannot be made to load from elsewhere, and this is told here as a complaint', async () => {
    const page = await given().open('/');
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/else.png' }));
    });
    await eventuallyPasses('the browser complains', async () =>
      expect(given().complaints.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]),
    );
  });
});

function textOfCount(page: Page): Promise<string | null | undefined> {
  return page
    .locator('marquee-count')
    .first()
    .evaluate((count) => count.shadowRoot?.textContent);
}
