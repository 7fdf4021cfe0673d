import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FactsAnswer } from '#libs/contracts';
import { FactsReader, Refusal } from '#libs/service-host';
import { openQuarantine } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { RecordStore } from '../record/record.store';
import { operatorNumbers } from './operator-numbers';

/** What all processes say of themselves, and the numbers that follow from it. */
@Injectable()
export class OperatorFacts implements OnModuleDestroy {
  private readonly reader: FactsReader;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    private readonly record: RecordStore,
    private readonly log: PinoLogger,
  ) {
    this.reader = new FactsReader({ redisUrl: config.REDIS_URL, tag: config.REDIS_HASH_TAG });
  }

  onModuleDestroy(): void {
    this.reader.close();
  }

  /** Rejects with a Refusal (503) while Redis is away; what only Postgres knows is then told as not known. */
  async read(): Promise<FactsAnswer['data']> {
    const said = await this.reader.read().catch((error: unknown) => {
      this.log.warn({ err: error }, 'Redis did not answer what processes say of themselves');
      throw new Refusal(503, 'unavailable', 'Redis cannot be asked now what the processes say of themselves');
    });
    const quarantine = await this.record.ask(openQuarantine).catch(() => null);
    return { at: new Date().toISOString(), ...said, numbers: operatorNumbers(said.processes, quarantine) };
  }
}
