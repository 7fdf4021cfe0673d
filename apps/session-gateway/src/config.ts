import { flag, hostConfig, integer, list } from '#libs/service-host';
import { z } from 'zod';

export const gatewayConfig = z.object({
  ...hostConfig,
  PORT: integer(0, 65_535).default(3001),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
  REDIS_HASH_TAG: z
    .string()
    .regex(/^[^{}]+$/, { error: 'must not contain braces' })
    .default('marquee'),
  /** From where browsers may connect, comma separated; unset: from everywhere. Callers without an origin always may. */
  ALLOWED_ORIGINS: list.optional(),
  /** New connections let in per second, four times as many at once; the others are told to come later. */
  CONNECTIONS_PER_SECOND: integer(1, 100_000).default(500),
  CONNECTIONS_PER_ADDRESS: integer(1, 1_000_000).default(10_000),
  /** How many proxies stand in front and write `X-Forwarded-For`. */
  TRUSTED_PROXIES: integer(0, 10).default(0),
  /** Verifies the token of a handshake (HS256); its scope `counts:hidden` shows hidden counts. */
  JWT_SECRET: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
  /** The same by public keys: where the key set is. */
  JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  /** Deflate large frames, once for all who take them. */
  DEFLATE: flag.default(true),
});

export type GatewayConfig = z.output<typeof gatewayConfig>;

/** The token under which the configuration is injected. */
export const GATEWAY_CONFIG = Symbol('configuration of session-gateway');
