import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type KafkaOptions, Payload, Transport } from '@nestjs/microservices';
import { Column, DataSource, Entity, Index, PrimaryColumn, type Repository } from 'typeorm';
import { tellProgress } from '../../../ingest/peers/tell-progress';

const { KAFKA_BROKERS = '', TOPIC = '', GROUP = '', DATABASE_URL = '' } = process.env;

@Entity('sessions')
class Session {
  @PrimaryColumn('uuid') id!: string;
  @Index() @Column('uuid', { nullable: true }) room_id!: string | null;
  @Index() @Column('text', { default: 'scheduled' }) status!: string;
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { nullable: true }) hls_url!: string | null;
  @Column('boolean', { nullable: true }) chat_enabled_override!: boolean | null;
  @Column('bigint', { nullable: true }) max_join_limit_override!: string | null;
  @Column('timestamptz', { nullable: true }) started_at!: Date | null;
  @Column('timestamptz', { nullable: true }) ended_at!: Date | null;
  @Index() @Column('timestamptz', { nullable: true }) updated_at!: Date | null;
}

const source = new DataSource({ type: 'postgres', url: DATABASE_URL, entities: [Session], synchronize: true });
let applied = 0;

interface LifecycleEvent {
  type: string;
  subject: string;
  time: string;
  data?: Partial<Pick<Session, 'room_id' | 'title' | 'description' | 'hls_url' | 'chat_enabled_override'>>;
}

/** The usual way: a handler per event, the entity is found, changed and saved. */
@Controller()
class LifecycleController {
  private readonly sessions: Repository<Session> = source.getRepository(Session);

  @EventPattern<Record<string, LifecycleEvent>>(TOPIC)
  async changed(@Payload() { type, subject, time, data }: LifecycleEvent): Promise<void> {
    const session = (await this.sessions.findOneBy({ id: subject })) ?? this.sessions.create({ id: subject });
    this.sessions.merge(session, data ?? {}, { updated_at: new Date(time) });
    if (type === 'session.started.v1') Object.assign(session, { status: 'live', started_at: new Date(time) });
    if (type === 'session.ended.v1') Object.assign(session, { status: 'ended', ended_at: new Date(time) });
    await this.sessions.save(session);
    applied += 1;
  }
}

@Module({ controllers: [LifecycleController] })
class UsualModule {}

async function main(): Promise<void> {
  await source.initialize();
  tellProgress(() => applied);
  const app = await NestFactory.createMicroservice<KafkaOptions>(UsualModule, {
    transport: Transport.KAFKA,
    logger: ['error'],
    options: {
      client: { brokers: KAFKA_BROKERS.split(',') },
      consumer: { groupId: GROUP },
      postfixId: '',
      subscribe: { fromBeginning: true },
    },
  });
  await app.listen();
}

void main();
