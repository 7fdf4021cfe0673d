import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
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

  it('show that a session is gone', async () => {
    const session = randomUUID();
    await given().start(session, 'Soon deleted', 10);
    const page = await given().open(`/s/${session}`);
    await page.getByText('watching now').waitFor();
    await given().producer.send('sessions', event('session.deleted.v1', session));
    await page.getByText('This session is gone').waitFor();
    expect(await page.getByText('watching now').count()).toBe(0);
  });

  it('show that a session has ended, though REST was away when it did, and say meanwhile what they show', async () => {
    const session = randomUUID();
    await given().start(session, 'Soon over', 10);
    const page = await given().open(`/s/${session}`);
    await page.getByText('watching now').waitFor();
    const path = `**/sessions/${session}`;
    await page.route(path, (route) => route.fulfill({ status: 503, json: { success: false, error: 'away' } }));
    await given().end(session);
    await page.getByText('It may be another by now').waitFor();
    await page.unroute(path);
    await page.getByText('It ended at').waitFor();
    await page.getByText('It may be another by now').waitFor({ state: 'detached' });
  });

  it('show the whole of a long log', async () => {
    const session = randomUUID();
    const begun = Date.now() - 200_000;
    const at = (second: number) => ({ time: new Date(begun + second * 1000).toISOString() });
    const updates = Array.from({ length: 120 }, (_, n) =>
      event('session.updated.v1', session, { title: `The ${n}th title` }, at(n + 1)),
    );
    const started = event('session.started.v1', session, { title: 'Long', mode: 'webcam' }, at(0));
    await given().producer.send('sessions', started, ...updates, event('session.ended.v1', session, {}, at(130)));
    const page = await given().open(`/s/${session}`, { key });
    await page.getByRole('heading', { name: /^Ended/ }).waitFor();
    expect(await page.getByText('session.updated.v1').count()).toBe(120);
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
