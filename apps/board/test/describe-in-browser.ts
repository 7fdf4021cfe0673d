import { existsSync } from 'node:fs';
import { GivenBoard } from './given-board';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// Three services, a browser and several pages share the machine with other suites.
jest.setTimeout(300_000);

/**
 * Tests that look at a board through the browser of this machine; `CHROMIUM_PATH` names another. Where there is none they
 * are skipped, and a line says how to get it. After each test its pages are closed, and nothing may have gone wrong there.
 */
export function describeInBrowser(name: string, tests: (given: () => GivenBoard) => void): void {
  const executablePath = [process.env['CHROMIUM_PATH'], ...PLACES].find((path) => path && existsSync(path));
  if (!executablePath) {
    process.stderr.write(`not tested: ${name}: install chromium (apt-get install chromium), or set CHROMIUM_PATH\n`);
  }
  (executablePath ? describe : describe.skip)(name, () => {
    let board: GivenBoard | undefined;
    const given = () => {
      if (!board) throw new Error('the board is not up');
      return board;
    };
    beforeAll(async () => {
      board = await GivenBoard.make(executablePath ?? '');
    });
    // Registered before those of the tests, so it comes after them.
    afterAll(() => board?.close());
    tests(given);
    afterEach(async () => {
      await board?.closePages();
      expect(board?.complaints.splice(0) ?? []).toEqual([]);
    });
  });
}
