import { contractSchemas } from '#libs/contracts';
import fc from 'fast-check';

interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}

const SCHEMAS = contractSchemas() as Map<string, Schema>;

/** What is ignored may be anything at all. */
const DEEP = JSON.parse('['.repeat(2000) + ']'.repeat(2000)) as unknown;
const IGNORED = fc.constantFrom<unknown>('\u0000', '\ud800', DEEP, { '\u0000': '\udfff' }, 1e308, '', null);

const TIMES = fc.constantFrom(
  '2000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T00:00:00-23:59',
  '9998-06-30 23:59:60+00:00',
  '2026-11-24t11:59:59z',
);
const UUIDS = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.constantFrom('ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000'),
);

/** Letters of 1 to 4 bytes that do not compress, and those that JSON has to escape. */
const LETTERS = fc.constantFrom<(random: number) => string>(
  () => 'a',
  (random) => String.fromCharCode(0x21 + (random % 0x5e)),
  (random) => String.fromCharCode(0x1 + (random % 0x1f)),
  (random) => String.fromCharCode(0x4e00 + (random % 0x5000)),
  (random) => String.fromCodePoint(0x10000 + (random % 0xff000)),
  (random) => '"\\%_\''.charAt(random % 5),
  () => '\uffff',
  (random) => String.fromCharCode(0x300 + (random % 0x70)),
);

function filled(letter: (random: number) => string, seed: number, length: number): string {
  let [text, random] = ['', seed];
  while (text.length < length) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    text += letter(random >>> 8);
  }
  return text.slice(0, length).toWellFormed();
}

function textOf({ format, pattern = '', minLength = 0, maxLength = 255 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'uuid') return UUIDS;
  if (format === 'date-time') return TIMES;
  if (pattern.includes('{1,64}')) return fc.constantFrom('0', '9'.repeat(64), '0'.repeat(64));
  if (pattern !== '' && format !== 'uri') return fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  const lengths = fc.constantFrom(minLength, Math.max(minLength, Math.floor(maxLength / 3)), maxLength);
  const text = fc.tuple(LETTERS, fc.nat(), lengths).map(([letter, seed, length]) => filled(letter, seed, length));
  return format === 'uri' ? text.map((path) => `https://x/${path}`.slice(0, maxLength).toWellFormed()) : text;
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const { data_base64: _, ...read } = properties;
  const fields = Object.fromEntries(Object.entries(read).map(([name, schema]) => [name, arbitraryOf(schema)]));
  const always = Object.keys(read).filter((name) => required.includes(name) || name === 'data');
  return fc.record<Record<string, unknown>>({ ...fields, ignored: IGNORED }, { requiredKeys: always });
}

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const { type } = schema;
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => arbitraryOf({ ...schema, type: one })));
  if (type === 'object') return objectOf(schema);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  if (type === 'string') return textOf(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer') {
    if (schema.minimum === undefined || schema.maximum === undefined) throw new Error('an integer without bounds');
    return fc.constantFrom(schema.minimum, schema.maximum);
  }
  return IGNORED;
}

/** Events of a type, each field at one of the bounds that its schema has. Not all are valid: bytes are bounded too. */
export function eventsAtBounds(type: string): fc.Arbitrary<Record<string, unknown>> {
  const schema = SCHEMAS.get(`events/${type}`);
  if (!schema) throw new Error(`there is no schema of ${type}`);
  return objectOf(schema) as fc.Arbitrary<Record<string, unknown>>;
}
