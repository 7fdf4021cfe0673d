import { randomUUID } from 'node:crypto';
import { GivenRecord, NOW, event } from './given-record';

const T = NOW - 3_600_000;

describe('looks that were planned too early', () => {
  let record: GivenRecord;
  beforeAll(async () => {
    record = await GivenRecord.make();
  });
  afterAll(() => record.close());

  it('change nothing, and are counted all the same, so that whoever looks goes on to the next', async () => {
    const ids = Array.from({ length: 5 }, () => randomUUID());
    const start = (id: string, second: number) =>
      event('session.started.v1', id, { lease_seconds: 60 }, { time: new Date(T + second * 1000).toISOString() });
    const slice = (second: number) => record.sessionsAt(() => T + second * 1000, ...ids.map((id) => start(id, second)));
    await slice(0);
    await slice(20);
    const look = () => record.store.checkDue(T + 31_000, { limit: 2 });
    expect(await look()).toMatchObject({ changes: [], looked: 2 });
    expect(await look()).toMatchObject({ changes: [], looked: 2 });
    expect(await look()).toMatchObject({ changes: [], looked: 1 });
    expect(await look()).toMatchObject({ changes: [], looked: 0 });
  });
});
