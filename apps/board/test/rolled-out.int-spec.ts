import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describeInBrowser } from './describe-in-browser';
import { showsList } from './shows-list';

const FIRST_SCRIPT = /\/assets\/board-[^/]*\.js$/;
const SCHEDULE = /\/assets\/schedule-page-[^/]*\.js$/;
const KEYS = /\/assets\/keys-dialog-[^/]*\.js$/;
/** Without them the page does not know whether its server answers at all. */
const SETTINGS = /\/board-config\.json$/;
/** With the first one. */
const MOST_LOADS = 6;

describeInBrowser('the board, in a browser, while another version is rolled out', (given) => {
  beforeAll(() => given().start(randomUUID(), 'Ramen at midnight', 300));

  /** The first answers to what it has not got any more are that it is not there. */
  async function openWithout(files: RegExp, times: number): Promise<Page> {
    const page = await given().openEmpty();
    await page.route(files, (route) => route.fulfill({ status: 404, body: '' }), { times });
    await page.goto(given().marquee.query.url);
    return page;
  }

  const goToSchedule = (page: Page) => page.getByRole('link', { name: 'Schedule', exact: true }).click();
  const heading = (page: Page) => page.getByRole('heading', { name: 'Schedule', exact: true });
  /** Beside what the browser says of the files that it could not get, and React of what it caught. */
  const complaints = () =>
    given()
      .complaints.splice(0)
      .filter((text) => !/dynamically imported module|net::ERR_FAILED/.test(text));

  it('is loaded again until its script is there', async () => {
    const page = await openWithout(FIRST_SCRIPT, 2);
    await showsList(page, 'Ramen at midnight');
  });

  it('says so where it does not come, and asks no more', async () => {
    let loads = 0;
    const page = await given().openEmpty();
    page.on('request', (request) => (loads += Number(FIRST_SCRIPT.test(request.url()))));
    await page.route(FIRST_SCRIPT, (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(given().marquee.query.url);
    await page.getByText('This page could not be loaded').waitFor();
    expect(loads).toBe(MOST_LOADS);
  });

  it('is loaded again where a page of it is gone, and shows that page', async () => {
    const page = await openWithout(SCHEDULE, 2);
    await showsList(page, 'Ramen at midnight');
    await goToSchedule(page);
    await heading(page).waitFor();
    expect(complaints()).toEqual([]);
  });

  it('keeps all else while a page cannot be had, and shows it when it can', async () => {
    const page = await given().open('/');
    await showsList(page, 'Ramen at midnight');
    for (const files of [SCHEDULE, SETTINGS]) await page.route(files, (route) => route.abort());
    await goToSchedule(page);
    await page.getByText('This page could not be shown').waitFor();
    await page.getByRole('link', { name: 'see what is on now' }).waitFor();
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await showsList(page, 'Ramen at midnight');
    await goToSchedule(page);
    const again = page.getByRole('button', { name: 'Load it again' });
    await again.waitFor();
    for (const files of [SCHEDULE, SETTINGS]) await page.unroute(files);
    await again.click();
    await heading(page).waitFor();
    expect(complaints()).toEqual([]);
  });

  it('keeps the page where what stands above it cannot be had', async () => {
    const page = await given().open('/');
    await showsList(page, 'Ramen at midnight');
    for (const files of [KEYS, SETTINGS]) await page.route(files, (route) => route.abort());
    await page.keyboard.press('?');
    await page.getByText('This could not be loaded').waitFor();
    await showsList(page, 'Ramen at midnight');
    expect(complaints()).toEqual([]);
  });
});
