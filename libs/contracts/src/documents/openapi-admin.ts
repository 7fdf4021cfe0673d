import type { z } from 'zod';
import { act, actAnswer, actsAnswer, actsQuery, askedAct } from '../admin/acts';
import { factsAnswer, operatorNumber, processFacts } from '../admin/facts';
import { quarantineQuery, quarantined, quarantinedAnswer, quarantinedRange, quarantinedWhole } from '../admin/ingest-admin';
import { keysAnswer, outlook, outlookAnswer, quarantineListAnswer } from '../admin/outlook';
import { errorAnswer } from '../rest/answers';
import { componentSchemas } from './component-schemas';
import { queryParameters } from './parameters';
import { HEADERS, refusalResponses, refusalsOf } from './responses';

const ABOUT = `What operators look at (scope \`admin:read\`), and what they ask to be done (\`admin:act\`), on the query service. An act is
written down with who asks, when, and why; a session-lifecycle process carries it out within a second or so.`;

const COMPONENTS = {
  ProcessFacts: processFacts,
  OperatorNumber: operatorNumber,
  FactsAnswer: factsAnswer,
  Quarantined: quarantined,
  QuarantinedWhole: quarantinedWhole,
  QuarantinedRange: quarantinedRange,
  QuarantineListAnswer: quarantineListAnswer,
  QuarantinedAnswer: quarantinedAnswer,
  Outlook: outlook,
  OutlookAnswer: outlookAnswer,
  KeysAnswer: keysAnswer,
  AskedAct: askedAct,
  Act: act,
  ActAnswer: actAnswer,
  ActsAnswer: actsAnswer,
  Error: errorAnswer,
} satisfies Record<string, z.ZodType>;

const REFUSALS = [400, 401, 403, 405, 408, 414, 429, 431, 500, 503] as const;
const ID = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The number of the row.',
  schema: { type: 'string', pattern: '^\\d{1,18}$' },
};

const ref = (schema: keyof typeof COMPONENTS) => ({ $ref: `#/components/schemas/${schema}` });
const json = (schema: keyof typeof COMPONENTS) => ({ 'application/json': { schema: ref(schema) } });

function read(operationId: string, summary: string, answer: keyof typeof COMPONENTS, parameters: object[] = []) {
  const isOne = parameters.includes(ID);
  const responses = {
    200: { description: 'The answer.', content: json(answer) },
    304: { description: 'Nothing has changed since the entity tag.' },
    ...refusalsOf(isOne ? [...REFUSALS, 404] : REFUSALS),
  };
  return { operationId, summary: `${summary}; needs \`admin:read\``, parameters, responses };
}

const ASK = {
  operationId: 'askForAct',
  summary: 'Ask for an act; needs `admin:act`',
  requestBody: { required: true, content: json('AskedAct') },
  responses: {
    202: { description: 'It is written down. Ask for it until it is done or has failed.', content: json('ActAnswer') },
    ...refusalsOf([...REFUSALS, 413, 415]),
  },
};

/** The OpenAPI 3.1 document of what the query service answers operators. */
export function openApiAdminDocument(): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Marquee for operators', version: '1', description: ABOUT },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { token: [] }],
    paths: {
      '/admin/facts': { get: read('getFacts', 'What the processes say of themselves', 'FactsAnswer') },
      '/admin/quarantine': {
        get: read('listQuarantine', 'What waits in quarantine', 'QuarantineListAnswer', queryParameters(quarantineQuery)),
      },
      '/admin/quarantine/{id}': { get: read('getQuarantined', 'One message with its bytes', 'QuarantinedAnswer', [ID]) },
      '/admin/quarantine/{id}/outlook': {
        get: read('getOutlook', 'What a replay would do now', 'OutlookAnswer', [ID]),
      },
      '/admin/keys': { get: read('listKeys', 'The keys of callers', 'KeysAnswer') },
      '/admin/acts': {
        get: read('listActs', 'What operators did', 'ActsAnswer', queryParameters(actsQuery)),
        post: ASK,
      },
      '/admin/acts/{id}': { get: read('getAct', 'One act', 'ActAnswer', [ID]) },
    },
    components: {
      schemas: componentSchemas(COMPONENTS),
      headers: HEADERS,
      responses: refusalResponses(),
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}
