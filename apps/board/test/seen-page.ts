import type { Page } from 'playwright-core';

/** What a person could have seen while a page was watched, however short it was there. */
export interface Seen {
  /** Rows of the list: the fewest that there were. */
  fewestRows: number;
  /** Whether anything said that it was loading. */
  wasBusy: boolean;
  /** What the badge of the header said, one after the other, but that it was stale: on a slow machine it may be. */
  badge: string[];
}

/** Begins to note what the page shows, once all of it is there. */
export async function watchPage(page: Page): Promise<void> {
  await page.locator('main:not(:has([aria-busy="true"]))').waitFor();
  await page.evaluate(watchHere);
}

export function seenOn(page: Page): Promise<Seen> {
  return page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
}

function watchHere(): void {
  const said = () => document.querySelector('[popovertarget="freshness"]')?.textContent ?? '';
  const rows = () => document.querySelectorAll('[data-row]').length;
  const isBusy = () => document.querySelector('main [aria-busy="true"]') !== null;
  const seen: Seen = { fewestRows: rows(), wasBusy: isBusy(), badge: [said()] };
  new MutationObserver(() => {
    seen.fewestRows = Math.min(seen.fewestRows, rows());
    seen.wasBusy ||= isBusy();
    if (seen.badge.at(-1) !== said() && !said().startsWith('Stale')) seen.badge.push(said());
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
  (globalThis as unknown as { seen: Seen }).seen = seen;
}
