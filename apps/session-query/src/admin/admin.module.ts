import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { HttpModule } from '../http/http.module';
import { LiveModule } from '../live/live.module';
import { RecordModule } from '../record/record.module';
import { ActsController } from './acts.controller';
import { FactsController } from './facts.controller';
import { OperatorFacts } from './operator-facts.reader';
import { OperatorGate } from './operator-gate';
import { QuarantineController } from './quarantine.controller';
import { QueryFactsTeller } from './query-facts.teller';

/** What operators look at, and what they ask to be done. */
@Module({
  imports: [HttpModule, AccessModule, RecordModule, LiveModule],
  controllers: [FactsController, QuarantineController, ActsController],
  providers: [OperatorGate, OperatorFacts, QueryFactsTeller],
})
export class AdminModule {}
