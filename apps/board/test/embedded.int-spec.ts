import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';
import { describeInBrowser } from './describe-in-browser';

const SETTINGS = /\/board-config\.json$/;

describeInBrowser('the elements for other pages, in a browser', (given) => {
  const id = randomUUID();

  beforeAll(() => given().start(id, 'Ramen at midnight', 300));

  const put = (page: Page, html: string) =>
    page.evaluate((text) => {
      document.body.innerHTML = text;
    }, html);

  /** A page that has nothing but the elements. */
  async function openWith(html: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = await given().openEmpty();
    await prepare?.(page);
    await page.goto(`${given().marquee.query.url}/embed`);
    await put(page, html);
    return page;
  }

  const says = (page: Page, text: string) => page.locator('marquee-live').getByText(text).waitFor();
  const shows = (page: Page, element: string, text: string) =>
    eventuallyPasses(`${element} shows ${text}`, async () =>
      expect(await page.locator(element).evaluate((one) => one.shadowRoot?.textContent)).toContain(text),
    );

  it.each([
    ['status="ended"', 'status: the past is not live'],
    ['limit="abc"', 'limit: '],
    ['limit="100000"', 'limit: '],
    ['min-viewers="abc"', 'min-viewers: '],
    ['sort="title"', 'sort: '],
    ['room-id="nope"', 'room-id: '],
    ['api="nowhere"', 'api: nowhere is no address'],
  ])('say which attribute is wrong: %s', async (attribute, said) => {
    const page = await openWith(`<marquee-live ${attribute}></marquee-live>`);
    await says(page, `This list cannot be shown: ${said}`);
    expect(await page.getByText('Nothing is on air.').filter({ visible: true }).count()).toBe(0);
  });

  it('refuse one wrong session and no other', async () => {
    const page = await openWith(
      `<marquee-count session="${id}"></marquee-count><marquee-live></marquee-live><marquee-count session="nope"></marquee-count>`,
    );
    await shows(page, 'marquee-count >> nth=0', '300');
    await page.locator('marquee-count[session="nope"][state="refused"]').waitFor();
    await given().count(id, 301);
    await shows(page, 'marquee-count >> nth=0', '301');
    await given().count(id, 300);
  });

  it('ask again where the service is away while they load', async () => {
    const page = await openWith('<marquee-live></marquee-live>', (opened) =>
      opened.route(SETTINGS, (route) => route.fulfill({ status: 503, body: '' }), { times: 2 }),
    );
    await shows(page, 'marquee-live', 'Ramen at midnight');
  });

  it('are defined once, however often the script is there', async () => {
    const page = await openWith('<marquee-live></marquee-live>');
    for (const url of ['/components.js', '/components.js?v=2']) await page.addScriptTag({ url, type: 'module' });
    await shows(page, 'marquee-live', 'Ramen at midnight');
  });

  it('are one script that needs no other file', async () => {
    const script = await (await fetch(`${given().marquee.query.url}/components.js`)).text();
    expect(script).not.toMatch(/\bimport\s*[({"'*]|\bfrom\s*["']/);
    const page = await openWith('<marquee-live></marquee-live>', async (opened) => {
      await opened.route(/\/assets\/.*\.js$/, (route) => route.abort());
    });
    await page.addScriptTag({ url: '/components.js', type: 'module' });
    await shows(page, 'marquee-live', 'Ramen at midnight');
    given().complaints.splice(0);
  });

  it('let their connection go a while after the last of them has gone, and make another for the next', async () => {
    const page = await openWith('<p></p>', (opened) => opened.clock.install());
    const closed: boolean[] = [];
    page.on('websocket', (socket) => {
      const place = closed.push(false) - 1;
      socket.on('close', () => (closed[place] = true));
    });
    await put(page, '<marquee-live></marquee-live>');
    await shows(page, 'marquee-live', 'Ramen at midnight');
    await put(page, '<p></p>');
    await page.clock.runFor(29_000);
    await put(page, '<marquee-live></marquee-live>');
    await shows(page, 'marquee-live', 'Ramen at midnight');
    await put(page, '<p></p>');
    await page.clock.runFor(31_000);
    await eventuallyPasses('it is closed', async () => expect(closed.at(-1)).toBe(true));
    const before = closed.length;
    await put(page, '<marquee-live></marquee-live>');
    await shows(page, 'marquee-live', 'Ramen at midnight');
    expect(closed.slice(before)).toEqual([false]);
  });
});
