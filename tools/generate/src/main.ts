// Writes what a machine can write: the JSON Schemas of the events, for producers in any language, and the documents.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument, contractSchemas, openApiAdminDocument, openApiDocument } from '#libs/contracts';

const generated = join('libs', 'contracts', 'generated');
const directory = join(generated, 'events');
const text = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

mkdirSync(directory, { recursive: true });
for (const old of readdirSync(directory)) rmSync(join(directory, old));
for (const [name, schema] of contractSchemas()) {
  if (!name.startsWith('events/')) continue;
  writeFileSync(join(directory, `${name.slice('events/'.length)}.schema.json`), text(schema));
}
writeFileSync(join(generated, 'openapi.json'), text(openApiDocument()));
writeFileSync(join(generated, 'openapi-admin.json'), text(openApiAdminDocument()));
writeFileSync(join(generated, 'asyncapi.json'), text(asyncApiDocument()));
