import { z } from 'zod';
import { inlineSchema } from './component-schemas';

interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required: boolean;
  description?: unknown;
  schema: object;
  style?: 'form';
  explode?: true;
}

/** What a question takes whose answer has an entity tag. */
export const HOLDS: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The entity tag of the answer that you hold.',
  schema: { type: 'string' },
};

const SEVERAL = 'Several values: repeat the parameter, or separate them by commas.';

/** The query parameters of a schema. Those that take several values are repeated, or comma separated. */
export function queryParameters(schema: z.ZodObject): Parameter[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = shown(inlineSchema(field as z.ZodType));
    const isList = rest['type'] === 'array';
    return {
      name,
      in: 'query',
      required: false,
      ...(description !== undefined && { description: isList ? `${description as string} ${SEVERAL}` : description }),
      schema: { ...rest, ...defaultOf(name, field as z.ZodType) },
      ...(isList && { style: 'form', explode: true }),
    };
  });
}

/** Generated clients send a default; the one of `page` would exclude `cursor`, so its description says it. */
function defaultOf(name: string, field: z.ZodType): object {
  return field instanceof z.ZodDefault && name !== 'page' ? { default: field.def.defaultValue } : {};
}

/** A parameter is text on the wire; where it is read as a number, what bounds the text says nothing more. */
function shown({ pattern, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema['type'] === 'string' && pattern !== undefined ? { ...schema, pattern } : schema;
}
