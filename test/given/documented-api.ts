import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { rawRequest } from './raw-request';

interface Response {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: object }>;
}
type Referred = { $ref: string } | Response;
interface Operation {
  operationId: string;
  responses: Record<string, Referred>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response> };
}

/** An answer as it came over the wire. */
export interface GivenAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** CDNs are told nothing more of an answer that is for one caller, or may be old itself. */
function isLeftOut(name: string, { headers, text }: Pick<GivenAnswer, 'headers' | 'text'>): boolean {
  if (name !== 'CDN-Cache-Control') return false;
  return headers.get('cache-control')?.startsWith('private') === true || text.includes('"stale":true');
}

/** The committed OpenAPI document, and what of it was seen. */
export class DocumentedApi {
  private readonly document: Document;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly seen = new Set<string>();

  /** `name`: of the file among the generated ones. */
  constructor(name = 'openapi.json') {
    const file = join(__dirname, '..', '..', 'libs', 'contracts', 'generated', name);
    this.document = JSON.parse(readFileSync(file, 'utf8')) as Document;
    addFormats.default(this.ajv);
    this.ajv.addSchema(this.document, 'openapi.json');
  }

  /** Expects that an answer to an operation is documented: its status, its type, its body, its headers. */
  expect(operationId: string, { status, headers, text }: GivenAnswer): void {
    this.seen.add(`${operationId} ${status}`);
    const response = this.responseOf(operationId, status);
    const missing = Object.keys(response.headers ?? {}).filter(
      (name) => !headers.has(name) && !isLeftOut(name, { headers, text }),
    );
    const [type] = (headers.get('content-type') ?? '').split(';');
    const schema = response.content?.[type ?? ''];
    const isJson = type === 'application/json';
    const problems =
      schema && isJson && text !== '' ? this.problemsOf(operationId, status, type, JSON.parse(text)) : [];
    expect({ operationId, status, missing, problems, isDocumented: schema !== undefined || text === '' }).toEqual({
      operationId,
      status,
      missing: [],
      problems: [],
      isDocumented: true,
    });
  }

  /** What is documented of some operations and was not seen yet, as `operation status`. */
  unseen(...operationIds: string[]): string[] {
    const documented = operationIds.flatMap((id) =>
      Object.keys(this.operation(id).responses).map((status) => `${id} ${status}`),
    );
    return documented.filter((one) => !this.seen.has(one));
  }

  operationIds(): string[] {
    return this.operations().map(({ operationId }) => operationId);
  }

  private problemsOf(operationId: string, status: number, type: string, body: unknown): string[] {
    const [path, method] = this.placeOf(operationId);
    const referred = this.operation(operationId).responses[status];
    const pointer =
      referred && '$ref' in referred ? referred.$ref.slice(1) : `/paths/${escaped(path)}/${method}/responses/${status}`;
    const validate: ValidateFunction = this.ajv.compile({
      $ref: `openapi.json#${pointer}/content/${escaped(type)}/schema`,
    });
    validate(body);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  private responseOf(operationId: string, status: number): Response {
    const referred = this.operation(operationId).responses[status];
    if (!referred) throw new Error(`${operationId} answers ${status}, which is not documented`);
    if (!('$ref' in referred)) return referred;
    const response = this.document.components.responses[referred.$ref.split('/').at(-1) ?? ''];
    if (!response) throw new Error(`there is no ${referred.$ref}`);
    return response;
  }

  private operation(operationId: string): Operation {
    const found = this.operations().find((one) => one.operationId === operationId);
    if (!found) throw new Error(`there is no operation ${operationId}`);
    return found;
  }

  private operations(): Operation[] {
    return Object.values(this.document.paths).flatMap((methods) =>
      Object.values(methods).filter((one) => 'operationId' in one),
    );
  }

  private placeOf(operationId: string): [path: string, method: string] {
    for (const [path, methods] of Object.entries(this.document.paths)) {
      const [method] = Object.entries(methods).find(([, one]) => one.operationId === operationId) ?? [];
      if (method !== undefined) return [path, method];
    }
    throw new Error(`there is no operation ${operationId}`);
  }
}

/** As fetch, with the text that it brought; a stream is given up after its first part. */
export async function ask(url: string, init: RequestInit = {}): Promise<GivenAnswer> {
  const answer = await fetch(url, init);
  const { status, headers } = answer;
  if (!headers.get('content-type')?.startsWith('text/event-stream')) {
    return { status, headers, text: await answer.text() };
  }
  const reader = answer.body?.getReader();
  const part = await reader?.read();
  await reader?.cancel();
  return { status, headers, text: Buffer.from(part?.value ?? []).toString() };
}

/** A request with more headers than any server reads. */
export function askWithLargeHeaders(url: string, method = 'GET'): Promise<GivenAnswer> {
  return askRaw(url, method, `X-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
}

/** A request whose headers never end. */
export function askWithoutEnd(url: string, method = 'GET'): Promise<GivenAnswer> {
  return askRaw(url, method, '');
}

async function askRaw(url: string, method: string, rest: string): Promise<GivenAnswer> {
  const { pathname, host } = new URL(url);
  const { status, headers, text } = await rawRequest(url, `${method} ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${rest}`);
  return { status, headers: new Headers(headers), text };
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
