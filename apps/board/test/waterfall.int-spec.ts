import type { Locator, Page } from 'playwright-core';
import { describeInBrowser } from './describe-in-browser';

const STATIONS = ['acknowledged', 'recorded', 'projected', 'pushed'];
/** `≤`: a later station had it before this one was seen to have it. */
const TOOK = /^(?:≤ )?\d+\.\d ms$/;
const NEVER = '–';

describeInBrowser('How it works, in a browser: the way of what is sent there', (given) => {
  let key: string;
  beforeAll(async () => {
    ({ key } = await given().makeKey('board', 'events:write', 'events:read'));
  });

  /** Presses a button of the page, and gives the row that comes of it, once nothing more is awaited. */
  async function sent(page: Page, button: string): Promise<Locator> {
    const rows = page.getByRole('list', { name: 'What was sent' }).locator('> li');
    const before = await rows.count();
    await page.getByRole('button', { name: button }).click();
    // The newest is the first: the row of this one is as far from the end as there were rows before it.
    await rows.nth(before).waitFor();
    await page.locator('[aria-label="What was sent"] > li:first-child:not([data-state="going"])').waitFor();
    return rows.first();
  }

  /** When each station had it, as the row says. */
  const timesOf = async (row: Locator) =>
    Object.fromEntries(
      await Promise.all(
        (await row.locator('dl > div').all()).map(async (station) => [
          ((await station.locator('dt').textContent()) ?? '').split(' ')[0],
          await station.locator('dd').textContent(),
        ]),
      ),
    ) as Record<string, string>;
  const took = (...stations: string[]) =>
    Object.fromEntries(
      STATIONS.map((name) => [name, stations.includes(name) ? (expect.stringMatching(TOOK) as string) : NEVER]),
    );
  const outcomeOf = (row: Locator) => row.getByRole('status').textContent();

  it('shows each kind to its end: all stations, or as far as it goes', async () => {
    const page = await given().open('/how', { key });

    const scheduled = await sent(page, 'Schedule one');
    expect(await timesOf(scheduled)).toEqual(took(...STATIONS));
    expect(await outcomeOf(scheduled)).toBe('applied');
    expect(await scheduled.textContent()).toContain(`${given().marquee.topic('sessions')} / `);

    const started = await sent(page, 'Start it');
    expect(await timesOf(started)).toEqual(took(...STATIONS));
    expect(await outcomeOf(started)).toBe('applied');

    const again = await sent(page, 'The same again');
    expect(await timesOf(again)).toMatchObject({ ...took('acknowledged', 'recorded'), projected: expect.anything() });
    expect(await outcomeOf(again)).toBe('a duplicate: it changed nothing');

    const counted = await sent(page, 'Count viewers');
    // Of a count the recording keeps no identity, so when it was projected is not told, or only by when at the latest.
    const projected: unknown = expect.stringMatching(new RegExp(`^${NEVER}$|${TOOK.source}`));
    expect(await timesOf(counted)).toEqual({ ...took('acknowledged', 'recorded', 'pushed'), projected });
    expect(await outcomeOf(counted)).toContain('of counts');

    const late = await sent(page, 'A late one');
    expect(await outcomeOf(late)).toBe('older than what is known: it changed nothing');
    expect(await timesOf(late)).toMatchObject({ ...took('acknowledged', 'recorded'), projected: expect.anything() });

    const ended = await sent(page, 'End it');
    expect(await timesOf(ended)).toEqual(took(...STATIONS));
    expect(await outcomeOf(ended)).toBe('applied');
  });

  it('says at which place the door refuses a broken one, and sends nothing on', async () => {
    const page = await given().open('/how', { key });
    const broken = await sent(page, 'A broken one');
    expect(await outcomeOf(broken)).toMatch(/^Refused at the door: .*data\.title/);
    expect(await broken.getAttribute('data-state')).toBe('refused');
    expect(await timesOf(broken)).toEqual({});
  });

  it('tells the reason of one that is put in quarantine', async () => {
    const { marquee } = given();
    await marquee.sql(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'our bug'; END $$`,
    );
    await marquee.sql(`CREATE TRIGGER odd BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()`);
    try {
      const page = await given().open('/how', { key });
      const row = await sent(page, 'Start it');
      expect(await row.getAttribute('data-state')).toBe('quarantined');
      expect(await outcomeOf(row)).toMatch(/^In quarantine: bug: .*our bug/);
      expect(await timesOf(row)).toEqual(took('acknowledged', 'recorded'));
    } finally {
      await marquee.sql('DROP TRIGGER odd ON sessions');
    }
  });

  it('asks for a key first, and takes one that is pasted', async () => {
    const page = await given().open('/how');
    await page.getByText('To send takes a key of the scope').waitFor();
    expect(await page.getByRole('button', { name: 'Start it' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Use a key' }).click();
    await page.getByLabel('API key', { exact: true }).fill(key);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.keyboard.press('Escape');
    expect(await outcomeOf(await sent(page, 'Start it'))).toBe('applied');
  });
});
