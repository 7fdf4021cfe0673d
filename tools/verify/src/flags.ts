import { parseArgs } from 'node:util';
import { runningMarquee } from '#tools/stack';

/** Where the parts of the system are that are compared; what is undefined is not looked at. */
export interface Places {
  databaseUrl?: string;
  redis?: { url: string; tag: string };
  queryUrl?: string;
  gatewayUrl?: string;
  apiKey?: string;
}

export interface VerifyFlags {
  places: Places;
  repair: boolean;
  json: boolean;
}

export const USAGE = `Compares Postgres, Redis, REST and the socket of a running Marquee, and says what differs.

  npm run verify -- [--repair] [--json] [--without redis,rest,socket]

  --repair    brings Redis to Postgres and what is derived to the folds, says what it did, and verifies again
  --json      the report as JSON
  --without   does not look at these

  DATABASE_URL                Postgres
  REDIS_URL, REDIS_HASH_TAG   the projection (tag: marquee)
  QUERY_URL                   session-query, for REST
  GATEWAY_URL                 session-gateway, for the socket
  API_KEY                     with it REST is compared with its private fields

Without any of these addresses a running \`npm start\` is meant; an address that is missing is not looked at.
Exit code: 0 nothing differs, 1 something does, 2 something could not be looked at.
`;

const PARTS = ['redis', 'rest', 'socket'] as const;
type Part = (typeof PARTS)[number];

/** Throws with what is wrong. */
export function readCommand(args: string[], env: NodeJS.ProcessEnv): VerifyFlags | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      repair: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      without: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { repair, json } = values;
  const without = partsOf(values.without);
  const places = placesIn(env) ?? placesOfRunning();
  if (!places) throw new Error('no system is named: set DATABASE_URL, or start Marquee with npm start');
  return { places: leftOver(places, without), repair, json };
}

function partsOf(text: string): Set<Part> {
  const given = text.split(',').filter((part) => part !== '');
  const unknown = given.find((part) => !PARTS.some((known) => known === part));
  if (unknown === undefined) return new Set(given as Part[]);
  throw new Error(`--without: there is no ${unknown}; there are ${PARTS.join(', ')}`);
}

function placesIn(env: NodeJS.ProcessEnv): Places | undefined {
  const { DATABASE_URL, REDIS_URL, REDIS_HASH_TAG, QUERY_URL, GATEWAY_URL, API_KEY } = env;
  if (!DATABASE_URL && !REDIS_URL && !QUERY_URL && !GATEWAY_URL) return undefined;
  return {
    ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
    ...(REDIS_URL && { redis: { url: REDIS_URL, tag: REDIS_HASH_TAG || 'marquee' } }),
    ...(QUERY_URL && { queryUrl: QUERY_URL }),
    ...(GATEWAY_URL && { gatewayUrl: GATEWAY_URL }),
    ...(API_KEY && { apiKey: API_KEY }),
  };
}

function placesOfRunning(): Places | undefined {
  const running = runningMarquee();
  return (
    running && {
      databaseUrl: running.postgres_url,
      redis: { url: running.redis_url, tag: 'marquee' },
      queryUrl: running.query_url,
      gatewayUrl: running.gateway_url,
      apiKey: running.admin_key,
    }
  );
}

function leftOver({ databaseUrl, redis, queryUrl, gatewayUrl, apiKey }: Places, without: ReadonlySet<Part>): Places {
  return {
    ...(databaseUrl && { databaseUrl }),
    ...(redis && !without.has('redis') && { redis }),
    ...(queryUrl && !without.has('rest') && { queryUrl }),
    ...(gatewayUrl && !without.has('socket') && { gatewayUrl }),
    ...(apiKey && { apiKey }),
  };
}
