import { Module } from '@nestjs/common';
import { KafkaModule } from '../kafka/kafka.module';
import { DoorFaults } from './door-faults';
import { DoorGate } from './door.gate';
import { DoorRoutes } from './door.routes';
import { Door } from './door.service';

/** `POST /events`: to Kafka, for producers that have only HTTP. */
@Module({ imports: [KafkaModule], providers: [DoorGate, DoorFaults, Door, DoorRoutes] })
export class DoorModule {}
