import { randomUUID } from 'node:crypto';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { describeInBrowser } from './describe-in-browser';
import { showsList } from './shows-list';

describeInBrowser('the board, in a browser, is for everybody', (given) => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const AS_BEGUN = ['Ramen at midnight', 'Pottery, day two', 'A drone track'];
  let key: string;

  beforeAll(async () => {
    await given().start(first, 'Ramen at midnight', 300);
    await given().start(second, 'Pottery, day two', 200);
    await given().start(third, 'A drone track', 100);
    await given().producer.send('sessions', event('session.started.v1', randomUUID(), { title: 'x'.repeat(300) }));
    ({ key } = await given().makeKey('board', 'events:read', 'events:write', 'admin:read', 'admin:act'));
  });

  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

  it('is used by the keyboard alone', async () => {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await page.keyboard.press('/');
    await page.keyboard.type('ramen');
    await showsList(page, 'Ramen at midnight');
    await page.keyboard.press('Escape');
    await page.locator('[data-row="0"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ramen at midnight' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Find' }).waitFor();
    await page.keyboard.type('pottery');
    await page.getByRole('option', { name: /Pottery, day two/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Pottery, day two' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await showsList(page, ...AS_BEGUN);
    await page.locator('[data-row="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await eventuallyPasses('the third row has the focus', async () =>
      expect(await focused(page)).toBe('A drone track'),
    );
  });

  it('is come to by Tab: past the header to the page, and the list is one stop', async () => {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await eventuallyPasses('the page has the focus', async () =>
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main'),
    );
    const rows: string[] = [];
    for (let tabs = 0; tabs < 40; tabs++) {
      await page.keyboard.press('Tab');
      const row = await page.evaluate(() => document.activeElement?.closest('[data-row]')?.textContent);
      if (row) rows.push(row);
    }
    expect(rows).toEqual(['Ramen at midnight']);
  });

  it('takes a key, and sends an event, without a pointer', async () => {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.getByText('To send takes a key of the scope').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.getByLabel('API key', { exact: true }).focus();
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Start it' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('[aria-label="What was sent"] > li[data-state="done"]').waitFor();
  });

  it.each(['dark', 'light'] as const)('is accessible in the %s theme', async (theme) => {
    for (const path of ['/', '/?status=ended', '/schedule', `/s/${first}`, '/how', '/ops', '/embed']) {
      expect([path, await violationsOf(await given().open(path, { theme }))]).toEqual([path, []]);
    }
    for (const path of [`/s/${first}`, '/how', '/ops']) {
      const page = await given().open(path, { theme, key });
      if (path === '/how') await page.getByRole('button', { name: 'A broken one' }).click();
      if (path === '/ops') await page.locator('details summary').first().click();
      expect([path, 'with a key', await violationsOf(page)]).toEqual([path, 'with a key', []]);
    }
  });
});

/** What axe finds wrong with a page that has loaded. Closes it. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.locator('h1, h2').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe };
    const { violations: found } = await checker.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
  await page.context().close();
  return violations;
}
