import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { eventuallyPasses } from '../../../test/given/eventually';
import type { Service } from '../../../test/given/service';
import { describeInBrowser } from './describe-in-browser';
import { layoutShifts } from './layout-shifts';
import { seenOn, watchPage } from './seen-page';
import { showsList, titlesOf } from './shows-list';

describeInBrowser('the board, in a browser, while something is away', (given) => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const AS_BEGUN = ['Ramen at midnight', 'Pottery, day two', 'A drone track'];
  const badge = (page: Page) => page.locator('button[popovertarget="freshness"]');
  const says = (page: Page, word: string) => badge(page).getByText(word, { exact: true }).waitFor();
  let another: Service | undefined;

  beforeAll(async () => {
    await given().start(first, 'Ramen at midnight', 300);
    await given().start(second, 'Pottery, day two', 200);
    await given().start(third, 'A drone track', 100);
  });
  beforeEach(async () => {
    await given().count(second, 200);
    await given().count(third, 100);
  });
  afterAll(() => another?.stop('SIGKILL'));

  async function openAndWatch(): Promise<Page> {
    const page = await given().open('/');
    await showsList(page, ...AS_BEGUN);
    await says(page, 'Live');
    await watchPage(page);
    return page;
  }

  it('resumes after the network was cut: what was missed, not the list anew, and no flash', async () => {
    const page = await given().openEmpty();
    const frames: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
    await page.goto(given().marquee.query.url);
    await showsList(page, ...AS_BEGUN);
    await says(page, 'Live');
    await watchPage(page);
    frames.length = 0;
    given().wayToGateway.refuse();
    try {
      await says(page, 'Reconnecting');
      await given().count(second, 777);
    } finally {
      given().wayToGateway.mend();
    }
    await says(page, 'Live');
    await showsList(page, 'Pottery, day two', 'Ramen at midnight', 'A drone track');
    expect(await seenOn(page)).toEqual({ fewestRows: 3, wasBusy: false, badge: ['Live', 'Reconnecting', 'Live'] });
    expect(frames.filter((frame) => frame.includes('"snapshot"'))).toEqual([]);
    expect(frames.filter((frame) => frame.includes('"delta"'))).not.toEqual([]);
    expect(await layoutShifts(page)).toEqual([]);
  });

  it('goes on without a flash when its gateway is killed and another takes over', async () => {
    const { marquee, wayToGateway } = given();
    another = await marquee.another('session-gateway');
    await another.start();
    const page = await openAndWatch();
    wayToGateway.refuse();
    await marquee.gateway.stop('SIGKILL');
    await says(page, 'Reconnecting');
    await given().count(second, 888);
    wayToGateway.leadTo(`127.0.0.1:${another.port}`);
    wayToGateway.mend();
    await says(page, 'Live');
    await showsList(page, 'Pottery, day two', 'Ramen at midnight', 'A drone track');
    await given().count(third, 999);
    await showsList(page, 'A drone track', 'Pottery, day two', 'Ramen at midnight');
    expect(await seenOn(page)).toEqual({ fewestRows: 3, wasBusy: false, badge: ['Live', 'Reconnecting', 'Live'] });
    expect(await layoutShifts(page)).toEqual([]);

    // And back: the other is killed, with nothing in between.
    await marquee.gateway.start();
    wayToGateway.leadTo(`127.0.0.1:${marquee.gateway.port}`);
    await another.stop('SIGKILL');
    await given().count(second, 200);
    await given().count(third, 100);
    await showsList(page, ...AS_BEGUN);
    await says(page, 'Live');
    expect(await seenOn(page)).toMatchObject({ fewestRows: 3, wasBusy: false });
  });

  it('is of use without a gateway: REST, marked stale; and live once there is one', async () => {
    given().wayToGateway.refuse();
    let page: Page;
    try {
      page = await given().open('/');
      await showsList(page, ...AS_BEGUN);
      await says(page, 'Stale, from REST');
      await given().count(third, 250);
      await showsList(page, 'Ramen at midnight', 'A drone track', 'Pottery, day two');
    } finally {
      given().wayToGateway.mend();
    }
    await says(page, 'Live');
    await given().count(third, 100);
    await showsList(page, ...AS_BEGUN);
  });

  it.each(['hole', 'refuse'] as const)('goes on by REST while its gateway is away after loading: %s', async (fault) => {
    const page = await openAndWatch();
    given().wayToGateway[fault]();
    try {
      await given().count(third, 250);
      await showsList(page, 'Ramen at midnight', 'A drone track', 'Pottery, day two');
      await says(page, 'Reconnecting');
      expect(await page.locator('section[data-state="rest"]').count()).toBe(1);
      await given().count(third, 100);
      await showsList(page, ...AS_BEGUN);
    } finally {
      given().wayToGateway.mend();
    }
    await says(page, 'Live');
    await page.locator('section[data-state="live"]').waitFor();
    expect(await seenOn(page)).toMatchObject({ fewestRows: 3, wasBusy: false });
    expect(await layoutShifts(page)).toEqual([]);
  });

  it('says since when it is stale while Redis is away', async () => {
    const page = await openAndWatch();
    given().redis.refuse();
    try {
      await badge(page)
        .getByText(/^Stale since \d\d:\d\d:\d\d$/)
        .waitFor();
      expect(await titlesOf(page)).toEqual(AS_BEGUN);
    } finally {
      given().redis.mend();
    }
    await says(page, 'Live');
    await given().count(third, 250);
    await eventuallyPasses('it moves again', async () => expect((await titlesOf(page))[1]).toBe('A drone track'));
    expect(await seenOn(page)).toMatchObject({ fewestRows: 3, wasBusy: false });
  });

  it('says of Operations that it is old, and why, while Redis is away', async () => {
    const { key } = await given().makeKey('looker', 'admin:read');
    const page = await given().open('/ops', { key });
    await page.getByRole('region', { name: 'Processes' }).waitFor();
    given().redis.refuse();
    try {
      await page.getByText(/^That is old: .*the last try: ./).waitFor();
      await page.locator('[data-old] :text("Processes")').first().waitFor();
    } finally {
      given().redis.mend();
    }
    await page.getByText(/^That is old/).waitFor({ state: 'detached' });
    expect(await page.locator('[data-old]').count()).toBe(0);
  });
});
