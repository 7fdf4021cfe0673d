// Makes the pages that show the API's documents: readers from packages, served from here, so no outside host is asked.
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', '..', 'dist', 'apps', 'docs');
const packageOf = (name) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
const swagger = packageOf('swagger-ui-dist');

const files = [
  [here, 'openapi.html'],
  [here, 'openapi.js'],
  [here, 'asyncapi.html'],
  [here, 'asyncapi.js'],
  [here, 'asyncapi.css'],
  [here, 'docs.css'],
  [swagger, 'swagger-ui-bundle.js'],
  [swagger, 'swagger-ui.css'],
];
await mkdir(out, { recursive: true });
for (const [from, name, as = name] of files) await copyFile(join(from, name), join(out, as));
