import { z } from 'zod';
import type { BearerKeys } from './callers/bearer';

/** An integer given as text, within bounds. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/, { error: `must be a whole number from ${min} to ${max}` })
    .transform(Number)
    .pipe(
      z
        .int()
        .min(min, { error: `must be at least ${min}` })
        .max(max, { error: `must be at most ${max}` }),
    );

/** `true` or `false` given as text. */
export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true');

/** A comma separated list of non-empty texts. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** What every process is configured by; extend it with `z.object({ ...hostConfig, … })`. */
export const hostConfig = {
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: integer(0, 65_535).optional(),
  /** Where `/metrics` and the details of `/health/ready` are; unset: 1000 above PORT, on HOST. */
  OPERATIONS_HOST: z.string().min(1).optional(),
  OPERATIONS_PORT: integer(0, 65_535).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};

/** By what tokens are verified; without either there are none. */
export const bearerConfig = {
  /** HS256. */
  JWT_SECRET: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
  /** Signatures by key pairs: where the public keys are. */
  JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  /** What a token's `iss` must be; unset: anything. */
  JWT_ISSUER: z.string().min(1).optional(),
  /** Of which a token's `aud` must name one, comma separated; unset: anything. */
  JWT_AUDIENCE: list.pipe(z.array(z.string()).min(1, { error: 'must name an audience' })).optional(),
  /** Whether a token must say when it ends. */
  JWT_REQUIRE_EXP: flag.default(true),
};

export type BearerConfig = z.output<z.ZodObject<typeof bearerConfig>>;

/** What is wrong with the variables of tokens together: the variable, and why. */
export function contradictingBearer({ JWT_SECRET, JWKS_URL }: BearerConfig): [variable: string, message: string][] {
  if (JWT_SECRET === undefined || JWKS_URL === undefined) return [];
  return [['JWT_SECRET', 'excludes JWKS_URL: tokens are verified by a shared secret or by a key set; unset one']];
}

/** The keys that tokens are verified by, as configured. */
export function bearerKeys(config: BearerConfig): BearerKeys {
  return {
    secret: config.JWT_SECRET,
    jwksUrl: config.JWKS_URL,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    requireExp: config.JWT_REQUIRE_EXP,
  };
}

/** From where browsers may call, comma separated; unset: from everywhere. */
export const allowedOrigins = list.optional();

/** Of an address without a key, and of a known caller, over all processes of a service; 0: no limit. */
export const limitsConfig = {
  REQUESTS_PER_MINUTE: integer(0, 100_000_000).default(6000),
  REQUESTS_PER_MINUTE_KNOWN: integer(0, 100_000_000).default(60_000),
};

/** How many proxies stand in front and write `X-Forwarded-For`. */
export const trustedProxies = integer(0, 10).default(0);

/** A configuration that cannot be used: one line per wrong variable, all of them. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Parses the environment by a schema. An empty variable counts as unset. Throws ConfigError with everything that is
 * wrong; values are not repeated in it, they may be secrets.
 */
export function readConfig<S extends z.ZodType>(schema: S, env: Record<string, string | undefined> = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.') || 'environment';
      return name in given ? `${name}: ${issue.message}` : `${name}: is not set (${issue.message})`;
    }),
  );
}
