import 'reflect-metadata';
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Column, DataSource, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

const { PORT = '0', DATABASE_URL = '' } = process.env;
const schema = 'usual';

@Entity({ name: 'hosts', schema })
class Host {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { nullable: true }) username!: string | null;
  @Column('text', { nullable: true }) email!: string | null;
  @Column('text', { nullable: true }) role!: string | null;
  @Column('boolean', { nullable: true }) is_active!: boolean | null;
  @Column('timestamptz', { nullable: true }) created_at!: Date | null;
}

@Entity({ name: 'rooms', schema })
class Room {
  @PrimaryColumn('uuid') id!: string;
  @ManyToOne(() => Host, { nullable: true }) @JoinColumn({ name: 'host_id' }) host!: Relation<Host> | null;
  @Column('uuid', { nullable: true }) library_id!: string | null;
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('timestamptz', { nullable: true }) created_at!: Date | null;
}

@Entity({ name: 'presets', schema })
class Preset {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('jsonb') settings!: object;
}

@Entity({ name: 'sessions', schema })
class Session {
  @PrimaryColumn('uuid') id!: string;
  @ManyToOne(() => Room, { nullable: true }) @JoinColumn({ name: 'room_id' }) room!: Relation<Room> | null;
  @ManyToOne(() => Preset, { nullable: true }) @JoinColumn({ name: 'preset_id' }) preset!: Relation<Preset> | null;
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text') status!: string;
  @Column('text', { nullable: true }) mode!: string | null;
  @Column('timestamptz', { nullable: true }) started_at!: Date | null;
  @Column('timestamptz', { nullable: true }) ended_at!: Date | null;
  @Column('timestamptz', { nullable: true }) scheduled_start_time!: Date | null;
  @Column('text', { nullable: true }) hls_url!: string | null;
  @Column('boolean', { nullable: true }) recording_enabled!: boolean | null;
  @Column('integer', { nullable: true }) viewer_count!: number | null;
  @Column('integer', { nullable: true }) max_viewers!: number | null;
  @Column('timestamptz') created_at!: Date;
  @Column('timestamptz') updated_at!: Date;
}

const source = new DataSource({ type: 'postgres', url: DATABASE_URL, entities: [Host, Room, Preset, Session] });

/** The usual way: the repository finds and counts, with relations, and Express makes JSON of it. */
@Controller('sessions')
class SessionsController {
  private readonly sessions = source.getRepository(Session);

  @Get()
  async list(@Query('page') pageText = '1', @Query('limit') limitText = '10'): Promise<object> {
    const [page, limit] = [Number(pageText), Number(limitText)];
    const [sessions, total] = await this.sessions.findAndCount({
      relations: { room: { host: true }, preset: true },
      order: { updated_at: 'DESC', id: 'DESC' },
      take: limit,
      skip: (page - 1) * limit,
    });
    return { success: true, data: { sessions, total, page, limit }, timestamp: Math.floor(Date.now() / 1000) };
  }
}

@Module({ controllers: [SessionsController] })
class UsualModule {}

async function main(): Promise<void> {
  await source.initialize();
  const app = await NestFactory.create(UsualModule, { logger: ['error'] });
  await app.listen(Number(PORT), '127.0.0.1');
}

void main();
