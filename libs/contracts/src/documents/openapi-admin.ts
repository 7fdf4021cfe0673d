import type { z } from 'zod';
import { act, actAnswer, actsAnswer, actsQuery, askedAct } from '../admin/acts';
import { factsAnswer, operatorNumber, processFacts } from '../admin/facts';
import {
  quarantineQuery,
  quarantined,
  quarantinedAnswer,
  quarantinedRange,
  quarantinedWhole,
} from '../admin/ingest-admin';
import { keysAnswer, outlook, outlookAnswer, quarantineListAnswer } from '../admin/outlook';
import { errorDetail } from '../rest/answers';
import { componentSchemas } from './component-schemas';
import { HOLDS, queryParameters } from './parameters';
import { LIMITS, refusalShapes, refusalsIn, refusalsOf } from './refusals';
import { HEADERS, headersNamed, refusalResponses } from './responses';

const ABOUT = `What operators look at (scope \`admin:read\`), and what they ask to be done (\`admin:act\`), on the query service. An act is
written down with who asks, when, and why; a session-lifecycle process carries it out within a second or so. A method that a path
does not have is a 405, whose \`Allow\` names those that it has.`;

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
  ErrorDetail: errorDetail,
} satisfies Record<string, z.ZodType>;

const REFUSED = [
  'InvalidQuery',
  'Unauthorized',
  'Forbidden',
  'RequestTimeout',
  'UriTooLong',
  'RateLimited',
  'HeadersTooLarge',
  'Internal',
  'Unavailable',
] as const;
const ID = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The number of the row.',
  schema: { type: 'string', pattern: '^\\d{1,18}$' },
};

/** What operators are told is private, and has no position. */
const { 'CDN-Cache-Control': _cdn, 'X-Live-Position': _position, ...OPERATORS_HEADERS } = HEADERS;
const OF_ANSWERS = headersNamed(['ETag', 'Cache-Control', 'Vary', ...LIMITS]);

const ref = (schema: keyof typeof COMPONENTS) => ({ $ref: `#/components/schemas/${schema}` });
const json = (schema: keyof typeof COMPONENTS) => ({ 'application/json': { schema: ref(schema) } });

function read(operationId: string, summary: string, answer: keyof typeof COMPONENTS, parameters: object[] = []) {
  const isOne = parameters.includes(ID);
  const responses = {
    200: { description: 'The answer.', headers: OF_ANSWERS, content: json(answer) },
    304: { description: 'Nothing has changed since the entity tag.', headers: OF_ANSWERS },
    ...refusalsOf(isOne ? [...REFUSED, 'NotFound'] : REFUSED),
  };
  return { operationId, summary: `${summary}; needs \`admin:read\``, parameters: [...parameters, HOLDS], responses };
}

const ASK = {
  operationId: 'askForAct',
  summary: 'Ask for an act; needs `admin:act`',
  requestBody: { required: true, content: json('AskedAct') },
  responses: {
    202: {
      description: 'It is written down. Ask for it until it is done or has failed.',
      headers: headersNamed(['Cache-Control', ...LIMITS]),
      content: json('ActAnswer'),
    },
    ...refusalsOf([...REFUSED.slice(1), 'InvalidAct', 'PayloadTooLarge', 'UnsupportedMediaType']),
  },
};

const PATHS = {
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
};

const REFUSED_IN_ALL = refusalsIn(PATHS);

/** The OpenAPI 3.1 document of what the query service answers operators. */
export function openApiAdminDocument(): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Marquee for operators', version: '1', description: ABOUT },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { token: [] }],
    paths: PATHS,
    components: {
      schemas: componentSchemas({ ...COMPONENTS, ...refusalShapes(REFUSED_IN_ALL) }),
      headers: OPERATORS_HEADERS,
      responses: refusalResponses(REFUSED_IN_ALL),
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}
