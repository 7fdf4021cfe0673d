import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Refusal, isKey } from '#libs/service-host';
import type { FastifyRequest } from 'fastify';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';

/** Lets in who has the admin key; nobody where none is configured. */
@Injectable()
export class AdminGuard implements CanActivate {
  private readonly isConfigured: boolean;
  private readonly isAdmin: (sent: string) => boolean;

  constructor(@Inject(LIFECYCLE_CONFIG) { ADMIN_KEY: key }: LifecycleConfig) {
    this.isConfigured = key !== undefined;
    this.isAdmin = isKey(key);
  }

  canActivate(context: ExecutionContext): true {
    const key = context.switchToHttp().getRequest<FastifyRequest>().headers['x-api-key'];
    if (typeof key === 'string' && this.isAdmin(key)) return true;
    if (!this.isConfigured) throw new Refusal(403, 'forbidden', 'no ADMIN_KEY is configured here: there is no admin');
    const details = [{ parameter: 'X-API-Key', message: 'must be the admin key' }];
    throw new Refusal(401, 'unauthorized', 'this needs the admin key', details);
  }
}
