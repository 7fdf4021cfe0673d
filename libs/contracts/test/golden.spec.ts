import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_TYPES } from '../src';

const directory = join(__dirname, '..', '..', '..', 'test', 'golden', 'events');
const fixtures = readdirSync(directory).map(
  (name) => [name, JSON.parse(readFileSync(join(directory, name), 'utf8')) as { type: string }] as const,
);

describe('events as producers have sent them', () => {
  it('are kept for every type', () => {
    expect(new Set(fixtures.map(([, event]) => event.type))).toEqual(new Set(EVENT_TYPES.keys()));
  });

  it.each(fixtures)('%s is still accepted', (name, event) => {
    expect(name.startsWith(event.type)).toBe(true);
    const parsed = EVENT_TYPES.get(event.type)?.schema.safeParse(event);
    expect(parsed?.error?.issues ?? []).toEqual([]);
    expect(parsed?.success).toBe(true);
  });
});
