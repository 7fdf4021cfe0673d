import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';

/** The titles of the rows, from the top. */
export function titlesOf(page: Page): Promise<string[]> {
  return page.locator('[data-row]').allTextContents();
}

const WITHIN_MS = 60_000;

/** Waits until the list is these, in this order. */
export async function showsList(page: Page, ...titles: string[]): Promise<void> {
  const isShown = async () => expect(await titlesOf(page)).toEqual(titles);
  await eventuallyPasses(`the list is ${titles.join(', ')}`, isShown, WITHIN_MS);
}
