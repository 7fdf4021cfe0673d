import { hostConfig, integer } from '#libs/service-host';
import { z } from 'zod';

export const queryConfig = z.object({
  ...hostConfig,
  PORT: integer(0, 65_535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
  REDIS_HASH_TAG: z
    .string()
    .regex(/^[^{}]+$/, { error: 'must not contain braces' })
    .default('marquee'),
  /** Who sends it as `X-API-Key` sees private fields; without it nobody does. */
  API_KEY: z.string().optional(),
  /** Where browsers find the gateway; by default on the board's own host, port 3001. */
  GATEWAY_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
});

export type QueryConfig = z.output<typeof queryConfig>;

/** The token under which the configuration is injected. */
export const QUERY_CONFIG = Symbol('configuration of session-query');
