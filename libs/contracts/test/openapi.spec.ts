import { createConfig, lintFromString } from '@redocly/openapi-core';
import { openApiAdminDocument, openApiDocument, readEnvelope } from '../src';
import { REST_COMPONENTS } from '../src/documents/component-schemas';
import { EXAMPLE_ANSWERS, EXAMPLE_EVENT, EXAMPLE_REFUSALS } from '../src/documents/examples';

describe('the OpenAPI document', () => {
  it('is valid by the reference linter', async () => {
    const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
    const source = JSON.stringify(openApiDocument());
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

  it.each(Object.entries(EXAMPLE_REFUSALS))('shows an example of a %s that is one', (_, example) => {
    expect(REST_COMPONENTS.Error.safeParse(example).error).toBeUndefined();
  });
});
