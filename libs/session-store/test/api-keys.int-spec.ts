import { ApiKeys } from '../src';
import { type TestDatabase, testDatabase } from './database';

describe('API keys', () => {
  let database: TestDatabase;
  let keys: ApiKeys;

  beforeAll(async () => {
    database = await testDatabase();
    keys = new ApiKeys(database.source);
  });
  afterAll(() => database.drop());

  it('are found by their text until they are revoked', async () => {
    const { id, text } = await keys.create({ name: 'studio', scopes: ['events:write'], sources: ['/studio'] });
    const found = await keys.find(text);
    expect(found).toMatchObject({ id, name: 'studio', scopes: ['events:write'], sources: ['/studio'] });
    expect(found).not.toHaveProperty('digest');
    expect(await keys.revoke(id)).toBe(true);
    expect(await keys.find(text)).toBeUndefined();
    expect(await keys.revoke(id)).toBe(false);
    expect((await keys.list()).find((key) => key.id === id)?.revoked_at).toBeInstanceOf(Date);
  });

  it('open nothing by another text, not even one with the same id', async () => {
    const { id, text } = await keys.create({ name: 'reader', scopes: [], sources: null });
    const other = `mq_${id}_${'A'.repeat(43)}`;
    for (const wrong of [other, text.slice(0, -1), `${text}x`, id, '', `mq_${id}_`, 'mq_000000000000_\u0000']) {
      expect(await keys.find(wrong)).toBeUndefined();
    }
    expect(await keys.find(text)).toBeDefined();
  });

  it('are stored as digests only', async () => {
    const { text } = await keys.create({ name: 'secret', scopes: [], sources: null });
    const secret = text.slice('mq_000000000000_'.length);
    const rows = JSON.stringify(await database.source.query(`SELECT *, encode(digest, 'escape') FROM api_keys`));
    expect(secret).toHaveLength(43);
    expect(rows).not.toContain(secret);
  });
});
