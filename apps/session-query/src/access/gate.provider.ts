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

const CHANGES: readonly Scope[] = ['events:write', 'admin:act'];
const READS_ALL = scope.options.filter((name) => !CHANGES.includes(name));
const OPERATES: readonly Scope[] = ['admin:read', 'admin:act'];

/** The gate of who reads: keys of the record, the configured ones, and tokens. */
export const QUERY_GATE: FactoryProvider<Gate> = {
  provide: Gate,
  inject: [QUERY_CONFIG, RecordStore],
  useFactory: (config: QueryConfig, record: RecordStore) => {
    const configured = configuredCallers(config);
    return new Gate({
      trustedProxies: config.TRUSTED_PROXIES,
      callers: new Callers({
        key: keyVerifier({
          configured,
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

/** Who a configured key is of. A text that is both keys may what either may. */
function configuredCallers({ API_KEY, ADMIN_KEY }: QueryConfig): (key: string) => Caller | undefined {
  const [isApiKey, isAdminKey] = [isKey(API_KEY), isKey(ADMIN_KEY)];
  const caller = (id: string, ...scopes: readonly Scope[]): Caller => ({
    id,
    scopes: new Set(scopes),
    sources: [],
    until: null,
  });
  const reader = caller('configured', ...READS_ALL);
  const operator = caller('configured-admin', ...OPERATES);
  const both = caller('configured', ...READS_ALL, ...OPERATES);
  return (key) => {
    if (isAdminKey(key)) return isApiKey(key) ? both : operator;
    return isApiKey(key) ? reader : undefined;
  };
}
