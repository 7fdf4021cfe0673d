import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Callers, Gate, RateLimits, bearerKeys, bearerVerifier, keyVerifier } from '#libs/service-host';
import { isKeyText } from '#libs/session-store';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { KeyHolders } from './key-holders.store';

/** The gate of who writes: keys of the record, and tokens. Its requests are counted apart from those that read. */
@Injectable()
export class DoorGate extends Gate implements OnModuleDestroy {
  private readonly holders: KeyHolders;

  constructor(@Inject(LIFECYCLE_CONFIG) config: LifecycleConfig) {
    const holders = new KeyHolders(config.DATABASE_URL);
    super({
      trustedProxies: config.TRUSTED_PROXIES,
      callers: new Callers({
        key: keyVerifier({ canBeKey: isKeyText, find: (key) => holders.find(key) }),
        token: bearerVerifier(bearerKeys(config)),
      }),
      limits: new RateLimits({
        redisUrl: config.REDIS_URL,
        tag: `${config.REDIS_HASH_TAG}:door`,
        perAddress: config.REQUESTS_PER_MINUTE,
        perCaller: config.REQUESTS_PER_MINUTE_KNOWN,
      }),
    });
    this.holders = holders;
  }

  override async onModuleDestroy(): Promise<void> {
    await super.onModuleDestroy();
    await this.holders.close();
  }
}
