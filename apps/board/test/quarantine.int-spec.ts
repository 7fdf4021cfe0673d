import { randomUUID } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { event } from '../../../test/given/producer';
import { describeInBrowser } from './describe-in-browser';
import type { MadeKey } from './given-board';
import { showsList } from './shows-list';

describeInBrowser('Operations, in a browser: what is in quarantine', (given) => {
  let mara: MadeKey;
  beforeAll(async () => {
    mara = await given().makeKey('mara', 'admin:read', 'admin:act');
  });

  const section = (page: Page, name: string) => page.getByRole('region', { name: new RegExp(`^${name}\\b`) });
  /** Opens the row of the quarantine that says this, and waits until it is told what a replay would do. */
  async function lookAt(page: Page, said: string): Promise<Locator> {
    const row = section(page, 'Quarantine').locator('details').filter({ hasText: said });
    await row.locator('summary').click();
    await row.getByText('A replay now:').waitFor();
    return row;
  }
  const act = (page: Page, why: string) => section(page, 'Acts').getByRole('row').filter({ hasText: why });
  async function cellsOf(page: Page, why: string): Promise<string[]> {
    await act(page, why).getByText('done').waitFor();
    return act(page, why).getByRole('cell').allTextContents();
  }
  const MOMENT = expect.stringMatching(/\d\d:\d\d/) as string;

  it('needs a key that may, and says so', async () => {
    const page = await given().open('/ops');
    await page.getByText('This page needs a key').waitFor();
    const { key } = await given().makeKey('studio', 'events:write');
    const refused = await given().open('/ops', { key });
    await refused.getByText('It cannot be shown').waitFor();
    await refused.getByText(/admin:read/).waitFor();
  });

  it('is listed, its bytes and what would happen are shown, and it is replayed with a why', async () => {
    const { marquee, producer } = given();
    const [session, title] = [randomUUID(), 'Held up by a bug'];
    await marquee.sql(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'our bug'; END $$`,
    );
    await marquee.sql(`CREATE TRIGGER odd BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await producer.send('sessions', event('session.started.v1', session, { title, mode: 'webcam' }));

    const page = await given().open('/ops', { key: mara.key });
    const row = section(page, 'Quarantine').locator('details').filter({ hasText: 'our bug' });
    await row.waitFor();
    expect(await row.locator('summary').textContent()).toContain(`${marquee.topic('sessions')} / `);
    await marquee.sql('DROP TRIGGER odd ON sessions');
    await lookAt(page, 'our bug');
    expect(JSON.parse((await row.getByLabel('Its bytes').textContent()) ?? '')).toMatchObject({
      subject: session,
      data: { title },
    });
    const outlook = await row.getByText('A replay now:').locator('..').textContent();
    expect(outlook).toMatch(/it would be recorded as applied; .*title from null to "Held up by a bug"/);

    await row.getByLabel('Why').fill('the bug is mended');
    await row.getByRole('button', { name: 'Replay' }).click();
    expect(await cellsOf(page, 'the bug is mended')).toEqual([
      MOMENT,
      mara.id,
      expect.stringMatching(/^replay \{"ids":\["\d+"\]/) as string,
      'the bug is mended',
      expect.stringContaining('"replayed":1') as string,
    ]);
    await row.waitFor({ state: 'detached' });
    const list = await given().open('/');
    await showsList(list, title);
  });

  it('is discarded with a why; without one nothing is done', async () => {
    const session = randomUUID();
    await given().producer.send('sessions', event('session.started.v1', session, { title: 'x'.repeat(300) }));
    const page = await given().open('/ops', { key: mara.key });
    const row = await lookAt(page, 'title');
    const outlook = await row.getByText('A replay now:').locator('..').textContent();
    expect(outlook).toMatch(/it would stay here: schema, .*title/);

    const asked: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
    const why = row.getByLabel('Why');
    await row.getByRole('button', { name: 'Discard' }).click();
    expect(await why.evaluate((field: HTMLInputElement) => field.validity.valueMissing)).toBe(true);
    expect(asked).toEqual([]);
    // What looks like one to the form, the server refuses.
    await why.fill('    ');
    await row.getByRole('button', { name: 'Discard' }).click();
    await row.getByRole('status').getByText('why').waitFor();
    expect(await given().marquee.sql(`SELECT FROM admin_acts WHERE what = 'discard'`)).toEqual([]);

    await why.fill('a load test sent it');
    await row.getByRole('button', { name: 'Discard' }).click();
    expect(await cellsOf(page, 'a load test sent it')).toEqual([
      MOMENT,
      mara.id,
      expect.stringMatching(/^discard \{"ids":\["\d+"\]/) as string,
      'a load test sent it',
      expect.stringContaining('"discarded"') as string,
    ]);
    await row.waitFor({ state: 'detached' });
    await section(page, 'Quarantine').getByText('Nothing waits here').waitFor();
  });

  it('is left alone by a key that may only look', async () => {
    const { key } = await given().makeKey('looker', 'admin:read');
    const session = randomUUID();
    await given().producer.send('sessions', event('session.paused.v1', session, {}));
    const page = await given().open('/ops', { key });
    const row = await lookAt(page, 'unknown-type');
    await row.getByLabel('Why').fill('I would like to');
    await row.getByRole('button', { name: 'Replay' }).click();
    await row.getByRole('status').getByText('admin:act').waitFor();
    expect(await act(page, 'I would like to').count()).toBe(0);
  });

  it('is told with the ranges that it had no room for, and they are discarded', async () => {
    const { marquee } = given();
    const [{ open }] = (await marquee.sql('SELECT open_rows::integer AS open FROM quarantine_total')) as [
      { open: number },
    ];
    await marquee.sql(
      `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms)
       VALUES ('${marquee.topic('sessions')}', 0, 100, 110, '/studio', 'schema', 5, 0, 0)`,
    );
    const page = await given().open('/ops', { key: mara.key });
    const row = section(page, 'Quarantine').locator('details').filter({ hasText: '@ 100 to 110' });
    await row.getByText('5 messages in a range').waitFor();
    await page.getByRole('heading', { name: `Quarantine ${open + 5}` }).waitFor();
    expect(await section(page, 'Quarantine').getByText('Nothing waits here').count()).toBe(0);
    await row.locator('summary').click();
    await row.getByLabel('Why').fill('the load test of May');
    await row.getByRole('button', { name: 'Discard' }).click();
    expect((await cellsOf(page, 'the load test of May'))[2]).toMatch(/^discard range \{"id":"\d+"\}/);
    await row.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: `Quarantine ${open}` }).waitFor();
  });

  it('is paged through', async () => {
    const { marquee } = given();
    await marquee.sql(
      `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, source, reason, error, headers)
       SELECT '${marquee.topic('sessions')}', 0, 1000 + n, 0, now(), 'record', '/studio', 'schema', 'row ' || n, ''
       FROM generate_series(1, 60) n`,
    );
    const page = await given().open('/ops', { key: mara.key });
    const quarantine = section(page, 'Quarantine');
    await quarantine.getByText('row 1', { exact: true }).waitFor();
    expect(await quarantine.getByText('row 60', { exact: true }).count()).toBe(0);
    await quarantine.getByRole('button', { name: 'Newer ones' }).click();
    await quarantine.getByText('row 60', { exact: true }).waitFor();
    await quarantine.getByRole('button', { name: 'Older ones' }).click();
    await quarantine.getByText('row 1', { exact: true }).waitFor();
    await marquee.sql(`UPDATE quarantine SET state = 'discarded' WHERE error LIKE 'row %'`);
    await quarantine.getByText('row 1', { exact: true }).waitFor({ state: 'detached' });
  });

  it('stands beside the topics that are paused, and they are resumed', async () => {
    const topic = given().marquee.topic('viewers');
    await given().marquee.sql(`INSERT INTO topic_pauses (topic, why) VALUES ('${topic}', 'a storm of a test')`);
    const page = await given().open('/ops', { key: mara.key });
    const paused = page.locator('div:has(> form)').filter({ hasText: `${topic} is paused: a storm of a test` });
    await paused.getByLabel('Why').fill('the storm is over');
    await paused.getByRole('button', { name: 'Resume' }).click();
    expect((await cellsOf(page, 'the storm is over'))[2]).toMatch(/^resume /);
    await paused.waitFor({ state: 'detached' });
  });

  it('keeps an act to one, follows it to its end, and shows what it changed', async () => {
    const studio = await given().makeKey('a studio of May', 'events:write');
    const page = await given().open('/ops', { key: mara.key });
    const asked: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
    await page.route('**/admin/acts', async (route) => {
      if (route.request().method() === 'POST') await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    const row = section(page, 'Keys').locator('details').filter({ hasText: 'a studio of May' });
    await row.locator('summary').click();
    await row.getByLabel('Why').fill('the studio is closed');
    await row.getByLabel('Why').press('Enter');
    await row.getByLabel('Why').press('Enter');
    await row.getByText(/^revoked /).waitFor();
    expect(await row.getByLabel('Why').count()).toBe(0);
    expect((await cellsOf(page, 'the studio is closed'))[2]).toContain(studio.id);
    expect(asked).toHaveLength(1);
  });
});
