import { Module } from '@nestjs/common';
import { FrozenOrdersStore } from './frozen-orders.store';

/** Walks by cursor: orders that are kept in Redis while they are walked. */
@Module({
  providers: [FrozenOrdersStore],
  exports: [FrozenOrdersStore],
})
export class WalkModule {}
