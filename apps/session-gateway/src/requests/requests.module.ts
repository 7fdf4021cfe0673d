import { Module } from '@nestjs/common';
import { PushModule } from '../push/push.module';
import { SessionsGateway } from './sessions.gateway';

/** What sockets ask, and how it is answered. */
@Module({ imports: [PushModule], providers: [SessionsGateway] })
export class RequestsModule {}
