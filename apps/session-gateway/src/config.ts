import { hostConfig, integer, list } from '#libs/service-host';
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
});

export type GatewayConfig = z.output<typeof gatewayConfig>;

/** The token under which the configuration is injected. */
export const GATEWAY_CONFIG = Symbol('configuration of session-gateway');
