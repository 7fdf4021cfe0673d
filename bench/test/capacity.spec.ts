import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY } from '#libs/session-store';
import { STATED, capacityRows } from '../fortnight/capacity';

const DOCUMENT = join(__dirname, '../../docs/operations.md');

/** The cells of the table whose first cell is `part`. */
function statedRows(): string[][] {
  const lines = readFileSync(DOCUMENT, 'utf8').split('\n');
  const head = lines.findIndex((line) => line.startsWith('| part '));
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  return lines.slice(head + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('how large a record is', () => {
  it('stands in docs/operations.md as the bench `fortnight` measures it', () => {
    expect(statedRows()).toEqual(capacityRows());
  });

  it('is for the retention that is the default, and the day that has begun', () => {
    const { eventsDays, viewersTenSecondsHours, viewersMinutesDays, sessionsDays } = DEFAULT_POLICY;
    const [tens, minutes] = [viewersTenSecondsHours / 24 + 1, viewersMinutesDays + 1];
    expect(STATED.inbox.daysKept).toBe((eventsDays ?? 0) + 1);
    expect(STATED['session log'].daysKept).toBe((eventsDays ?? 0) + 1);
    expect(STATED['ten seconds'].daysKept).toBe(tens);
    expect(STATED.minutes.daysKept).toBe(minutes - tens);
    expect(sessionsDays).toBeNull();
  });
});
