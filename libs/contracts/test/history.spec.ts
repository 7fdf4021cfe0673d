import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractSchemas } from '../src';

interface Entry {
  version: number;
  date: string;
  fingerprint: string;
  note: string;
}

const history = JSON.parse(readFileSync(join(__dirname, '..', 'history.json'), 'utf8')) as Record<string, Entry[]>;
const fingerprint = (schema: object) =>
  createHash('sha256').update(JSON.stringify(schema)).digest('base64url').slice(0, 22);

/**
 * A changed contract hurts once: add an entry to history.json with the next version, the new fingerprint and one line
 * on what changed, and keep the golden fixtures of the old one.
 */
describe('the history of the contracts', () => {
  const schemas = contractSchemas();

  it('knows every contract and no other', () => {
    expect(Object.keys(history).sort()).toEqual([...schemas.keys()].sort());
  });

  it.each([...schemas])('%s is as its last entry says', (name, schema) => {
    expect({ name, fingerprint: fingerprint(schema) }).toEqual({
      name,
      fingerprint: history[name]?.at(-1)?.fingerprint,
    });
  });

  it.each(Object.entries(history))('%s counts its versions up from 1', (_name, entries) => {
    expect(entries.map((entry) => entry.version)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.every((entry) => entry.note.length > 0)).toBe(true);
  });
});
