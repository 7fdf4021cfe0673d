import type { FactoryProvider } from '@nestjs/common';
import { type Scope, scope } from '#libs/contracts';
import {
  type Caller,
  Callers,
  Gate,
  RateLimits,
  bearerKeys,
  bearerVerifier,
  isKey,
  keyVerifier,
} from '#libs/service-host';
import { isKeyText } from '#libs/session-store';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { RecordStore } from '../record/record.store';

const CONFIGURED: Caller = {
  id: 'configured',
  scopes: new Set<Scope>(scope.options.filter((name) => name !== 'events:write')),
  sources: [],
  until: null,
};

/** The gate of who reads: keys of the record, the configured one, and tokens. */
export const QUERY_GATE: FactoryProvider<Gate> = {
  provide: Gate,
  inject: [QUERY_CONFIG, RecordStore],
  useFactory: (config: QueryConfig, record: RecordStore) => {
    const isConfigured = isKey(config.API_KEY);
    return new Gate({
      trustedProxies: config.TRUSTED_PROXIES,
      callers: new Callers({
        key: keyVerifier({
          configured: (key) => (isConfigured(key) ? CONFIGURED : undefined),
          canBeKey: isKeyText,
          find: (key) => record.findCaller(key),
        }),
        token: bearerVerifier(bearerKeys(config)),
      }),
      limits: new RateLimits({
        redisUrl: config.REDIS_URL,
        tag: config.REDIS_HASH_TAG,
        perAddress: config.REQUESTS_PER_MINUTE,
        perCaller: config.REQUESTS_PER_MINUTE_KNOWN,
      }),
    });
  },
};
