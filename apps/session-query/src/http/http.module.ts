import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { ResponseHeaders } from './response-headers';
import { ResponseSender } from './response.sender';

/** How responses leave. */
@Module({
  imports: [AccessModule],
  providers: [ResponseHeaders, ResponseSender],
  exports: [ResponseSender],
})
export class HttpModule {}
