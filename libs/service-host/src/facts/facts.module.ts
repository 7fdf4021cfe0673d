import { type DynamicModule, Module } from '@nestjs/common';
import { FACTS_OPTIONS, type FactsOptions, FactsTeller } from './facts-teller';

/** A process says in Redis what it knows of itself. Import once, in the app's module. */
@Module({})
export class FactsModule {
  static register(options: FactsOptions): DynamicModule {
    return {
      module: FactsModule,
      global: true,
      providers: [{ provide: FACTS_OPTIONS, useValue: options }, FactsTeller],
      exports: [FactsTeller],
    };
  }
}
