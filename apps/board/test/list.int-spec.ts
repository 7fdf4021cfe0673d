import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { eventually, eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { describeInBrowser } from './describe-in-browser';
import { layoutShifts } from './layout-shifts';
import { showsList, titlesOf } from './shows-list';

describeInBrowser('the list, in a browser', (given) => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const AS_BEGUN = ['Ramen at midnight', 'Pottery, day two', 'A drone track'];

  beforeAll(async () => {
    await given().start(first, 'Ramen at midnight', 300);
    await given().start(second, 'Pottery, day two', 200);
    await given().start(third, 'A drone track', 100);
  });

  it('shows what is on, and moves when a producer says something', async () => {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await given().count(third, 999);
    await showsList(page, 'A drone track', 'Ramen at midnight', 'Pottery, day two');
    await given().count(third, 100);
    await showsList(page, ...AS_BEGUN);
    const fourth = randomUUID();
    await given().start(fourth, 'A late guest', 1);
    await showsList(page, ...AS_BEGUN, 'A late guest');
    await given().end(fourth);
    await showsList(page, ...AS_BEGUN);
    expect(await layoutShifts(page)).toEqual([]);
  });

  it('holds the order while the pointer is on it, and lets go when it leaves', async () => {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await page.locator('[role="row"]').nth(2).hover();
    await given().count(third, 999);
    await page.getByText('Held while you are here').waitFor();
    expect(await titlesOf(page)).toEqual(AS_BEGUN);
    await page.mouse.move(5, 5);
    await showsList(page, 'A drone track', 'Ramen at midnight', 'Pottery, day two');
    await given().count(third, 100);
    await showsList(page, ...AS_BEGUN);
  });

  it('keeps its filters in the address', async () => {
    const page = await given().open('/');
    await page.getByRole('searchbox').fill('pott');
    await showsList(page, 'Pottery, day two');
    expect(searchOf(page).get('q')).toBe('pott');
    await page.reload();
    await showsList(page, 'Pottery, day two');
    await page.getByRole('searchbox').fill('nobody says this');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Take the filters away' }).click();
    await showsList(page, ...AS_BEGUN);
    await page.goto(`${given().marquee.query.url}/?min_viewers=many`);
    await page.getByText('This question is not answered').waitFor();
  });

  it('is filtered by each choice, says so in the address, and goes back with the browser', async () => {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await page.getByLabel('Watched by at least').selectOption('100');
    await page.getByLabel('Order').selectOption('started_at');
    await showsList(page, 'A drone track', 'Pottery, day two', 'Ramen at midnight');
    expect(String(searchOf(page))).toBe('min_viewers=100&sort=started_at');
    await page.getByLabel('Mode').selectOption('rtmp');
    await page.getByText('Nothing matches').waitFor();
    await page.goBack();
    await showsList(page, 'A drone track', 'Pottery, day two', 'Ramen at midnight');
    await page.getByLabel('Watched by at least').selectOption('1000');
    await page.getByText('Nothing matches').waitFor();
    await given().count(second, 1000);
    await showsList(page, 'Pottery, day two');
    await given().count(second, 200);
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Take the filters away' }).click();
    await page.getByRole('button', { name: 'Ended', exact: true }).click();
    await showsList(page, 'A late guest');
    expect(searchOf(page).get('status')).toBe('ended');
  });

  it.each([
    [503, 'unavailable'],
    [410, 'cursor_expired'],
  ])('keeps the past that it has where the rows that follow are answered %i, and asks again', async (status, code) => {
    const ids = Array.from({ length: 60 }, () => randomUUID());
    const start = (id: string) => event('session.started.v1', id, { title: code, mode: 'webcam' });
    await given().producer.send('sessions', ...ids.map(start));
    await given().producer.send('sessions', ...ids.map((id) => event('session.ended.v1', id, { reason: 'over' })));
    await eventuallyPasses('all have ended', async () => {
      const answer = await fetch(`${given().marquee.query.url}/sessions?status=ended&q=${code}&limit=100`);
      expect(await answer.json()).toMatchObject({ data: { sessions: { length: 60 } } });
    });
    const page = await given().openEmpty();
    const json = { success: false, code, error: 'not now' };
    await page.route(/cursor=/, (route) => route.fulfill({ status, json, headers: { 'retry-after': '3' } }), {
      times: 2,
    });
    await page.goto(`${given().marquee.query.url}/?status=ended&q=${code}`);
    await page.locator('[data-row="0"]').waitFor();
    const scrolled = () => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await scrolled();
    await page.getByText('The rows that follow have not come: not now.').waitFor();
    expect(await titlesOf(page)).toContain(code);
    await eventually('all of it is there', async () => {
      await scrolled();
      const rows = await page.getByRole('table', { name: 'Sessions' }).getAttribute('aria-rowcount');
      return rows === '61' ? true : undefined;
    });
    expect(await page.getByText('The rows that follow').count()).toBe(0);
  });
});

function searchOf(page: Page): URLSearchParams {
  return new URL(page.url()).searchParams;
}
