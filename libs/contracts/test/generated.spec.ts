import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument, contractSchemas, openApiAdminDocument, openApiDocument } from '../src';

const generated = join(__dirname, '..', 'generated');
const directory = join(generated, 'events');

describe('the committed JSON Schemas of the events', () => {
  const events = [...contractSchemas()].filter(([name]) => name.startsWith('events/'));

  it('are one per event type, none left over', () => {
    const expected = events.map(([name]) => `${name.slice('events/'.length)}.schema.json`);
    expect(readdirSync(directory).sort()).toEqual(expected.sort());
  });

  it.each(events)('%s says what the code says (else: npm run generate)', (name, schema) => {
    const committed: unknown = JSON.parse(
      readFileSync(join(directory, `${name.slice('events/'.length)}.schema.json`), 'utf8'),
    );
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});

describe('the committed documents', () => {
  it.each([
    ['openapi.json', openApiDocument()],
    ['openapi-admin.json', openApiAdminDocument()],
    ['asyncapi.json', asyncApiDocument()],
  ])('%s says what the code says (else: npm run generate)', (name, document) => {
    expect(JSON.parse(readFileSync(join(generated, name), 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
