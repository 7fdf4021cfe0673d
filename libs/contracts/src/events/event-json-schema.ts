import type { z } from 'zod';
import { EVENT_TYPES } from './topics';

const EVENT_SCHEMAS = new Set<unknown>([...EVENT_TYPES.values()].map(({ schema }) => schema));

const DATA_BASE64 = {
  anyOf: [{ type: 'string', contentEncoding: 'base64', contentMediaType: 'application/json' }, { type: 'null' }],
  description: 'The JSON of `data`, in its place. Read where `datacontenttype` is JSON or absent.',
};

/** Neither null nor empty, which are no data. */
const SOME = { type: 'string', minLength: 1 } as const;

/** For `z.toJSONSchema`: adds to an event that its `data` may come in base64, which is decoded before the schema parses it. */
export function saysDataBase64({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: unknown;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (!EVENT_SCHEMAS.has(zodSchema)) return;
  jsonSchema.properties = { ...jsonSchema.properties, data_base64: structuredClone(DATA_BASE64) as never };
  if (!jsonSchema.required?.includes('data')) return;
  jsonSchema.required = jsonSchema.required.filter((name) => name !== 'data');
  jsonSchema.anyOf = [{ required: ['data'] }, { required: ['data_base64'], properties: { data_base64: SOME } }];
}
