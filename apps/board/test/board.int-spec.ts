import { randomUUID } from 'node:crypto';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';
import { GivenBoard, foundChromium } from './given-board';

const browser = foundChromium();
if (!browser)
  process.stderr.write('the board is not tested: install chromium (apt-get install chromium), or set CHROMIUM_PATH\n');

const titles = (page: Page) => page.locator('[data-row]').allTextContents();
const badge = (page: Page) => page.locator('button[popovertarget="freshness"]');

(browser ? describe : describe.skip)('the board, in a browser', () => {
  let given: GivenBoard;
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const planned = randomUUID();

  beforeAll(async () => {
    given = await GivenBoard.make(browser ?? '');
    await given.start(first, 'Ramen at midnight', 300);
    await given.start(second, 'Pottery, day two', 200);
    await given.start(third, 'A drone track', 100);
    await given.schedule(planned, randomUUID(), 'Tomorrow’s lesson', new Date(Date.now() + 3_600_000).toISOString());
  });
  afterEach(async () => {
    await given?.closePages();
    expect(given?.complaints.splice(0)).toEqual([]);
  });
  afterAll(() => given?.close());

  async function shows(page: Page, ...expected: string[]) {
    await eventuallyPasses(`the list is ${expected.join(', ')}`, async () =>
      expect(await titles(page)).toEqual(expected),
    );
  }

  it('shows what is on, and moves when a producer says something', async () => {
    const page = await given.open('/');
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    await given.count(third, 999);
    await shows(page, 'A drone track', 'Ramen at midnight', 'Pottery, day two');
    await given.count(third, 100);
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    const fourth = randomUUID();
    await given.start(fourth, 'A late guest', 1);
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track', 'A late guest');
    await given.end(fourth);
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    expect(await page.evaluate(layoutShifts)).toEqual([]);
  });

  it('holds the order while the pointer is on it, and lets go when it leaves', async () => {
    const page = await given.open('/');
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    await page.locator('[role="row"]').nth(2).hover();
    await given.count(third, 999);
    await page.getByText('Held while you are here').waitFor();
    expect(await titles(page)).toEqual(['Ramen at midnight', 'Pottery, day two', 'A drone track']);
    await page.mouse.move(5, 5);
    await shows(page, 'A drone track', 'Ramen at midnight', 'Pottery, day two');
    await given.count(third, 100);
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
  });

  it('keeps its filters in the address', async () => {
    const page = await given.open('/');
    await page.getByRole('searchbox').fill('pott');
    await shows(page, 'Pottery, day two');
    expect(new URL(page.url()).searchParams.get('q')).toBe('pott');
    await page.reload();
    await shows(page, 'Pottery, day two');
    await page.getByRole('searchbox').fill('nobody says this');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Take the filters away' }).click();
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    await page.goto(`${given.marquee.query.url}/?min_viewers=many`);
    await page.getByText('This question is not answered').waitFor();
  });

  it('says that it is reconnecting, and goes on without a flash', async () => {
    const page = await given.open('/');
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    await page.evaluate(watchRows);
    await given.marquee.gateway.stop('SIGKILL');
    await badge(page).getByText('Reconnecting').waitFor();
    await given.count(second, 777);
    await given.marquee.gateway.start();
    await badge(page).getByText('Live', { exact: true }).waitFor();
    await shows(page, 'Pottery, day two', 'Ramen at midnight', 'A drone track');
    expect(await page.evaluate(() => (globalThis as unknown as { fewest: number }).fewest)).toBe(3);
    await given.count(second, 200);
  });

  it('is of use without a gateway: REST, marked stale', async () => {
    await given.marquee.gateway.stop('SIGKILL');
    try {
      const page = await given.open('/');
      await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
      expect(await badge(page).textContent()).not.toContain('Live');
    } finally {
      await given.marquee.gateway.start();
    }
  });

  it('says since when it is stale while Redis is away', async () => {
    const page = await given.open('/');
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    given.redis.refuse();
    try {
      await badge(page)
        .getByText(/^Stale since \d\d:\d\d:\d\d$/)
        .waitFor();
      expect(await titles(page)).toHaveLength(3);
    } finally {
      given.redis.mend();
    }
    await badge(page).getByText('Live', { exact: true }).waitFor();
  });

  it('shows a session, its audience and its JSON', async () => {
    const page = await given.open(`/s/${first}`);
    await page.getByRole('heading', { name: 'Ramen at midnight' }).waitFor();
    await given.count(first, 301);
    await page.getByText('301', { exact: true }).first().waitFor();
    await page.getByText('To look at them takes a key').waitFor();
    await page.getByLabel('As everybody sees it').getByText(`"id": "${first}"`).waitFor();
    await page.goto(`${given.marquee.query.url}/s/${randomUUID()}`);
    await page.getByText('There is no such session').waitFor();
    await given.count(first, 300);
  });

  it('shows what is scheduled, and leads into a calendar', async () => {
    const page = await given.open('/schedule');
    await page.getByRole('link', { name: 'Tomorrow’s lesson' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tomorrow’s lesson: into your calendar' }).click();
    expect((await download).suggestedFilename()).toBe('Tomorrow-s-lesson.ics');
  });

  it('is used by the keyboard alone', async () => {
    const page = await given.open('/');
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    await page.keyboard.press('/');
    await page.keyboard.type('ramen');
    await shows(page, 'Ramen at midnight');
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
    await shows(page, 'Ramen at midnight', 'Pottery, day two', 'A drone track');
    await page.locator('[data-row="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await eventuallyPasses('the third row has the focus', async () =>
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('A drone track'),
    );
  });

  it('embeds fourteen lists at once', async () => {
    const page = await given.open('/embed');
    await page.evaluate(() => {
      for (let n = 1; n <= 14; n++) {
        const list = document.createElement('marquee-live');
        list.setAttribute('limit', String(n));
        document.body.append(list);
      }
    });
    await eventuallyPasses('all are live', async () =>
      expect(await page.locator('body > marquee-live[state="live"]').count()).toBe(14),
    );
    expect(await page.locator('body > marquee-live').last().locator('li').count()).toBe(3);
    expect(
      await page
        .locator('marquee-count')
        .first()
        .evaluate((count) => count.shadowRoot?.textContent),
    ).toBe('3');
  });

  it.each(['dark', 'light'])('is accessible in the %s theme', async (theme) => {
    for (const path of ['/', '/?status=ended', '/schedule', `/s/${first}`, '/how', '/ops', '/embed']) {
      const page = await given.open(path, { theme });
      await page.locator('h1, h2').first().waitFor();
      await page.waitForLoadState('networkidle');
      await page.evaluate(axe.source);
      const violations = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: typeof axe };
        const { violations: found } = await checker.run();
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
      });
      expect([path, violations]).toEqual([path, []]);
      await page.context().close();
    }
  });
});

/** What has moved by itself since the page was opened, how far and from where. */
function layoutShifts(): Promise<string[]> {
  interface Shift extends PerformanceEntry {
    value: number;
    sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
  }
  const placed = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(' ');
  return new Promise((resolve) => {
    const shifts: string[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Shift[]) {
        for (const { node, previousRect, currentRect } of sources) {
          const name = node instanceof Element ? node.outerHTML.slice(0, 80) : node?.textContent;
          shifts.push(`${value}: ${name} from ${placed(previousRect)} to ${placed(currentRect)}`);
        }
      }
    });
    observer.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifts)));
  });
}

/** From here on notes the fewest rows that were ever shown. */
function watchRows(): void {
  const seen = globalThis as unknown as { fewest: number };
  const count = () => document.querySelectorAll('[data-row]').length;
  seen.fewest = count();
  new MutationObserver(() => {
    seen.fewest = Math.min(seen.fewest, count());
  }).observe(document.body, { childList: true, subtree: true });
}
