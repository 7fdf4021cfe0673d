// Writes what a machine can write: the JSON Schemas of the events, for producers in any language.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractSchemas } from '#libs/contracts';

const directory = join('libs', 'contracts', 'generated', 'events');

mkdirSync(directory, { recursive: true });
for (const old of readdirSync(directory)) rmSync(join(directory, old));
for (const [name, schema] of contractSchemas()) {
  if (!name.startsWith('events/')) continue;
  writeFileSync(join(directory, `${name.slice('events/'.length)}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
