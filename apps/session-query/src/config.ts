import {
  allowedOrigins,
  bearerConfig,
  contradictingBearer,
  hostConfig,
  integer,
  limitsConfig,
  trustedProxies,
} from '#libs/service-host';
import { z } from 'zod';

const fields = z.object({
  ...hostConfig,
  PORT: integer(0, 65_535).default(3000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
  REDIS_HASH_TAG: z
    .string()
    .regex(/^[^{}]+$/, { error: 'must not contain braces' })
    .default('marquee'),
  /** A key that may read all there is to read, beside those that the database knows. */
  API_KEY: z.string().optional(),
  /** A key of operators: may read what they look at, and ask for acts. It is the one that session-lifecycle has. */
  ADMIN_KEY: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  ...bearerConfig,
  TRUSTED_PROXIES: trustedProxies,
  ...limitsConfig,
  /** How much Redis may keep for walks by cursor: in all, and of one address or caller. */
  WALKS_MIB: integer(1, 4096).default(128),
  WALKS_MIB_PER_CALLER: integer(1, 4096).default(32),
  /** From where browsers may read, comma separated; unset: from everywhere. */
  ALLOWED_ORIGINS: allowedOrigins,
  /** Where browsers find the gateway; by default on the board's own host, port 3001. */
  GATEWAY_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  /** Where browsers send events; by default on the board's own host, port 3002. */
  EVENTS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
});

export const queryConfig = fields.superRefine((given, context) => {
  for (const [name, message] of contradictingBearer(given)) context.addIssue({ code: 'custom', path: [name], message });
});

export type QueryConfig = z.output<typeof queryConfig>;

/** The token under which the configuration is injected. */
export const QUERY_CONFIG = Symbol('configuration of session-query');
