import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import {
  errorCode,
  listParameters,
  listQuery,
  openApiAdminDocument,
  openApiDocument,
  readEnvelope,
  viewersQuery,
} from '../src';
import { REST_COMPONENTS } from '../src/documents/component-schemas';
import { EXAMPLE_REFUSALS } from '../src/documents/example-refusals';
import { EXAMPLE_ANSWERS, EXAMPLE_EVENT } from '../src/documents/examples';
import { REFUSALS, REFUSAL_COMPONENTS, type RefusalName } from '../src/documents/refusals';

type Json = Record<string, unknown>;
interface Parameter {
  name: string;
  schema: Json;
}
interface Document {
  paths: Record<string, Record<string, { parameters?: Parameter[]; responses?: Json }>>;
  components: { schemas: Record<string, Json> };
}

const document = JSON.parse(JSON.stringify(openApiDocument())) as Document;

describe('the OpenAPI document', () => {
  it('is valid by the reference linter', async () => {
    const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
    const source = JSON.stringify(document);
    expect(await lintFromString({ source, absoluteRef: 'openapi.json', config })).toEqual([]);
    const broken = source.replace('"operationId":"getStats"', '"operationId":"getSession"');
    expect(await lintFromString({ source: broken, absoluteRef: 'openapi.json', config })).not.toEqual([]);
  });

  it('is valid for operators as well', async () => {
    const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
    const source = JSON.stringify(openApiAdminDocument());
    expect(await lintFromString({ source, absoluteRef: 'openapi-admin.json', config })).toEqual([]);
  });

  it.each(Object.entries(EXAMPLE_ANSWERS))('shows an example of %s that is one', (name, example) => {
    expect(REST_COMPONENTS[name as keyof typeof EXAMPLE_ANSWERS].safeParse(example).error).toBeUndefined();
  });

  it('shows an event that is one', () => {
    expect(readEnvelope(EXAMPLE_EVENT)).toMatchObject({ ok: true, topic: 'sessions' });
  });

  it.each(Object.entries(EXAMPLE_REFUSALS))('shows an example of the refusal %s that is one', (name, example) => {
    expect(REFUSAL_COMPONENTS[name as RefusalName].safeParse(example).error).toBeUndefined();
  });

  it('names a refusal for every code, but for a method that no operation has: that is in the introduction', () => {
    const named = new Set(Object.values(REFUSALS).flatMap(({ codes }) => codes));
    expect(errorCode.options.filter((code) => !named.has(code))).toEqual(['method_not_allowed']);
    for (const made of [openApiDocument(), openApiAdminDocument()])
      expect(made).toMatchObject({ info: { description: expect.stringContaining('405') as unknown } });
  });

  it('names every attribute that an event in headers may have', () => {
    const names = document.paths['/events']?.['post']?.parameters?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['ce-id', 'ce-sequence', 'ce-traceparent', 'ce-type']));
  });

  it('takes no event without data where the service takes none', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(document, 'openapi.json');
    const validate = ajv.compile({ $ref: 'openapi.json#/components/schemas/ViewersCounted' });
    const { data: _, ...rest } = { ...EXAMPLE_EVENT, type: 'viewers.counted.v1' };
    const data = { viewer_count: 4 };
    const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
    const said: [object, boolean][] = [
      [{ data }, true],
      [{ data, data_base64: null }, true],
      [{ data_base64: encoded }, true],
      [{ data_base64: null }, false],
      [{ data_base64: '' }, false],
      [{}, false],
    ];
    for (const [more, isTaken] of said) {
      const event = { ...rest, ...more };
      expect({ more, bySchema: validate(event), byService: readEnvelope(event).ok }).toEqual({
        more,
        bySchema: isTaken,
        byService: isTaken,
      });
    }
  });

  it('shows examples that its own schemas take', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(document, 'openapi.json');
    const media = nodes(document).filter(({ value }) => 'example' in value && 'schema' in value);
    expect(media.length).toBeGreaterThan(20);
    for (const { pointer, value } of media) {
      const validate = ajv.compile({ $ref: `openapi.json#${pointer}/schema` });
      validate(value['example']);
      expect({ pointer, errors: validate.errors }).toEqual({ pointer, errors: null });
    }
  });

  it('has a name for every object, so that no generator invents one', () => {
    const isNamed = (pointer: string) => /^\/components\/schemas\/[^/]+$/.test(pointer);
    const objects = nodes(document).filter(({ value }) => value['type'] === 'object');
    expect(objects.length).toBeGreaterThan(40);
    expect(objects.map(({ pointer }) => pointer).filter((pointer) => !isNamed(pointer))).toEqual([]);
  });

  it('has one name for a set of values, wherever it is said', () => {
    const isNamed = (pointer: string) => /^\/components\/schemas\/[^/]+(\/properties\/code)?$/.test(pointer);
    const sets = nodes(document).filter(({ value }) => value['type'] === 'string' && Array.isArray(value['enum']));
    expect(sets.map(({ pointer }) => pointer).filter((pointer) => !isNamed(pointer))).toEqual([]);
  });

  const schemaOf = (path: string, name: string) =>
    document.paths[path]?.['get']?.parameters?.find((parameter) => parameter.name === name)?.schema;

  it.each([
    // Without a default: generated clients would send it, and it excludes `cursor`.
    ['/sessions', 'page', { type: 'integer', minimum: 1, maximum: 1_000_000 }],
    ['/sessions', 'limit', { type: 'integer', minimum: 1, maximum: 100, default: 10 }],
    ['/sessions', 'cursor', { type: 'string', minLength: 1, maxLength: 4096, pattern: '^[A-Za-z0-9_-]+$' }],
    ['/sessions', 'status', { type: 'array', items: { $ref: '#/components/schemas/SessionStatus' }, maxItems: 4 }],
    ['/sessions', 'started_after', { type: 'string', format: 'date-time' }],
    ['/sessions/stream', 'status', { type: 'array', items: { $ref: '#/components/schemas/LiveStatus' }, maxItems: 4 }],
    ['/sessions/{id}/viewers', 'step', { type: 'integer', minimum: 10, maximum: 86_400, multipleOf: 10 }],
    ['/sessions/{id}/events', 'cursor', { type: 'string', minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' }],
  ])('says of %s what %s may be', (path, name, schema) => {
    expect(schemaOf(path, name)).toEqual(schema);
  });

  it('says of a step what the service says of it', () => {
    expect(viewersQuery.safeParse({ step: '60' }).success).toBe(true);
    expect(viewersQuery.safeParse({ step: '65' }).success).toBe(false);
  });

  it('says of every list that it may be repeated', () => {
    const lists = [...listParameters(listQuery)];
    const repeated = document.paths['/sessions']?.['get']?.parameters?.filter((one) => 'explode' in one);
    expect(repeated?.map(({ name }) => name)).toEqual(lists);
  });

  it('describes the events of the stream', () => {
    const { schemas } = document.components;
    expect(JSON.stringify(document.paths['/sessions/stream'])).toContain('#/components/schemas/StreamEvent');
    expect(schemas['StreamEvent']?.['oneOf']).toHaveLength(5);
    expect(schemas['SnapshotEvent']).toMatchObject({
      properties: { event: { const: 'snapshot' }, data: { contentSchema: { $ref: '#/components/schemas/Snapshot' } } },
    });
  });

  it('says where events are sent, which is not where lists are read', () => {
    expect(document.paths['/events']).toMatchObject({ servers: [{ url: expect.stringContaining('lifecycle') }] });
  });
});

/** Every object in the document, with its JSON pointer. */
function nodes(value: unknown, pointer = ''): { pointer: string; value: Json }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value)
    .filter(([key]) => key !== 'example')
    .flatMap(([key, each]) => nodes(each, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
  return Array.isArray(value) ? inner : [{ pointer, value: value as Json }, ...inner];
}
