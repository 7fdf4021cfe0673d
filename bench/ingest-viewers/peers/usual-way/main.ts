import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type KafkaOptions, Payload, Transport } from '@nestjs/microservices';
import { Column, DataSource, Entity, PrimaryColumn, type Repository } from 'typeorm';
import { tellProgress } from '../../../ingest/peers/tell-progress';

const { KAFKA_BROKERS = '', TOPIC = '', GROUP = '', DATABASE_URL = '', SESSIONS = '0' } = process.env;

@Entity('sessions')
class Session {
  @PrimaryColumn('uuid') id!: string;
  @Column('integer', { default: 0 }) viewer_count!: number;
  @Column('integer', { default: 0 }) max_viewers!: number;
  @Column('timestamptz', { nullable: true }) viewer_count_at!: Date | null;
}

const source = new DataSource({ type: 'postgres', url: DATABASE_URL, entities: [Session], synchronize: true });
let applied = 0;

interface ViewersCounted {
  subject: string;
  time: string;
  data: { viewer_count: number };
}

/** The usual way: a handler per event, the entity is found, changed and saved. */
@Controller()
class ViewersController {
  private readonly sessions: Repository<Session> = source.getRepository(Session);

  @EventPattern<Record<string, ViewersCounted>>(TOPIC)
  async counted(@Payload() { subject, time, data }: ViewersCounted): Promise<void> {
    const session = (await this.sessions.findOneBy({ id: subject })) ?? this.sessions.create({ id: subject });
    session.viewer_count = data.viewer_count;
    session.max_viewers = Math.max(session.max_viewers ?? 0, data.viewer_count);
    session.viewer_count_at = new Date(time);
    await this.sessions.save(session);
    applied += 1;
  }
}

@Module({ controllers: [ViewersController] })
class UsualModule {}

async function main(): Promise<void> {
  await source.initialize();
  await source.query(
    `INSERT INTO sessions (id) SELECT md5('session' || n)::uuid FROM generate_series(1, $1::int) AS n`,
    [SESSIONS],
  );
  await source.query('VACUUM ANALYZE sessions');
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
