import type { Page } from 'playwright-core';
import { describeInBrowser } from './describe-in-browser';

/** What browsers keep from pages that came by plain http from another machine, and what a person may forbid. */
describeInBrowser('the board, in a browser, at an address without TLS', (given) => {
  /** The same server, by a name that is not this machine's. */
  const elsewhere = (path: string) => given().marquee.query.url.replace('127.0.0.1', 'board.test') + path;
  const sample = (page: Page) => page.getByLabel('SDK');
  /** What a screen reader is told. */
  const told = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

  async function open(path: string): Promise<Page> {
    const page = await given().openEmpty();
    await page.goto(elsewhere(path));
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    return page;
  }

  it('shows how it works', async () => {
    const page = await open('/how');
    await page.getByRole('heading', { name: 'How it works' }).waitFor();
    await sample(page).getByText('marquee.emit').waitFor();
  });

  it('copies, and says so once it has', async () => {
    const page = await open('/how');
    await page.getByText('Copy', { exact: true }).click();
    await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    expect(await told(page, 'Copied').count()).toBe(1);
    await page.evaluate(() => {
      const field = document.createElement('textarea');
      document.body.append(field);
      field.focus();
    });
    await page.keyboard.press('Control+v');
    expect(await page.locator('body > textarea').inputValue()).toBe(await sample(page).textContent());
  });

  it('says how to copy where it is forbidden to', async () => {
    const page = await given().open('/how');
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
      document.execCommand = () => false;
    });
    await page.getByText('Copy', { exact: true }).click();
    await page.getByRole('button', { name: 'Not copied: select the text' }).waitFor();
    expect(await told(page, 'Not copied').count()).toBe(1);
  });
});
