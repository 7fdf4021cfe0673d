import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describeInBrowser } from './describe-in-browser';
import { showsList } from './shows-list';

describeInBrowser('the board, in a browser, with one key after another', (given) => {
  const session = randomUUID();
  beforeAll(() => given().start(session, 'Ramen at midnight', 300));

  const makeKey = async (...scopes: string[]) => (await given().makeKey('board', ...scopes)).key;
  const openKeys = async (page: Page) => {
    await page.getByRole('button', { name: /^Keys/ }).click();
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  };
  async function useInstead(page: Page, key: string): Promise<void> {
    await openKeys(page);
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByLabel('API key', { exact: true }).fill(key);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.keyboard.press('Escape');
  }

  it('shows to none what another was told of a session', async () => {
    const page = await given().open(`/s/${session}`, { key: await makeKey('events:read') });
    await page.getByText('session.started.v1').first().waitFor();
    await useInstead(page, await makeKey('sessions:private'));
    await page
      .getByRole('region', { name: 'What its events did' })
      .getByText(/events:read/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Use another key' }).waitFor();
    expect(await page.getByText('session.started.v1').count()).toBe(0);
  });

  it('shows to none what another was told of the processes', async () => {
    const page = await given().open('/ops', { key: await makeKey('admin:read') });
    await page.getByRole('region', { name: 'Processes' }).getByText('session-query').waitFor();
    await useInstead(page, await makeKey('events:write'));
    await page.getByText('It cannot be shown').waitFor();
    expect(await page.getByText('session-query').count()).toBe(0);
  });

  it('holds nothing for a key that may not see it any more', async () => {
    const page = await given().open('/ops', { key: await makeKey('admin:read') });
    await page.getByRole('region', { name: 'Processes' }).waitFor();
    const error = 'the key was revoked';
    await page.route('**/admin/facts', (route) => route.fulfill({ status: 403, json: { success: false, error } }));
    await page.getByText(error).waitFor();
    expect(await page.getByRole('region', { name: 'Processes' }).count()).toBe(0);
  });

  it('says that a key is not known, and is public again without it', async () => {
    const page = await given().open('/', { key: 'mq_000000000000_wrong' });
    await page.getByRole('alert').getByText('The key of this tab is not known').waitFor();
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await showsList(page, 'Ramen at midnight');
    expect(await page.evaluate(() => sessionStorage.getItem('marquee:key'))).toBeNull();
  });

  it('takes nothing for a key that no request could carry', async () => {
    const page = await given().open('/');
    await openKeys(page);
    await page.getByLabel('API key', { exact: true }).fill(' mq_\u200b000000000000_wrong ');
    await page.getByRole('status').getByText('its character 4 is U+200B').waitFor();
    expect(await page.getByRole('button', { name: 'Use it' }).isDisabled()).toBe(true);
  });
});
