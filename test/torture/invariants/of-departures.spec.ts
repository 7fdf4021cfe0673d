import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { departuresVerdict, leftOf } from './of-departures';

describe('what left viewer history', () => {
  const directory = mkdtempSync(join(tmpdir(), 'marquee-departures-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('is told by partitions, their rows, and the detachings that had to be finished', () => {
    const [one, other] = ['one.log', 'other.log'].map((name) => join(directory, name));
    const line = (did: string) => `{"level":30,"table":"viewer_buckets","rows":0,"did":"${did}","msg":"left"}\n`;
    writeFileSync(one ?? '', line('detached partition a') + line('finished detaching partition b'));
    writeFileSync(other ?? '', line('finished detaching partition c') + line('dropped partition b'));
    const departures = [
      { name: 'a', of_table: 'viewer_buckets', rows: 30 },
      { name: 'm', of_table: 'viewer_minutes', rows: 12 },
    ];
    expect(leftOf(departures, [one ?? '', other ?? ''])).toEqual({ partitions: 2, rows: 42, interrupted: 2 });
  });

  it('is no proof where nothing left: after three minutes that is an error, before it is said', () => {
    const nothing = { partitions: 0, rows: 0, interrupted: 0 };
    expect(departuresVerdict(nothing, 3)).toMatchObject({ id: 'I11', state: 'broken', contradictions: 1 });
    expect(departuresVerdict(nothing, 1)).toMatchObject({ state: 'not yet' });
    expect(departuresVerdict({ ...nothing, partitions: 1 }, 1)).toMatchObject({ state: 'holds' });
  });
});
