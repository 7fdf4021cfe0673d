import type { SessionRecord } from '#libs/session';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** bigint columns are counters far below 2^53. */
const counter = {
  to: (value: number) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

@Entity('sessions')
export class SessionRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('bigint', { transformer: counter }) version!: number;
  @Column('uuid', { nullable: true }) room_id!: string | null;
  @Column('uuid', { nullable: true }) preset_id!: string | null;
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text') status!: 'scheduled' | 'live' | 'ended' | 'expired';
  @Column('text', { nullable: true }) health!: 'ok' | 'reconnecting' | null;
  @Column('text', { nullable: true }) mode!: 'webcam' | 'rtmp' | null;
  @Column('timestamptz', { nullable: true }) started_at!: Date | null;
  @Column('timestamptz', { nullable: true }) ended_at!: Date | null;
  @Column('text', { nullable: true }) end_reason!: string | null;
  @Column('timestamptz', { nullable: true }) scheduled_start_time!: Date | null;
  @Column('text', { nullable: true }) hls_url!: string | null;
  @Column('boolean', { nullable: true }) recording_enabled!: boolean | null;
  @Column('boolean', { nullable: true }) chat_enabled_override!: boolean | null;
  @Column('boolean', { nullable: true }) stage_enabled_override!: boolean | null;
  @Column('bigint', { nullable: true, transformer: counter }) max_join_limit_override!: number | null;
  @Column('timestamptz', { nullable: true }) counts_after!: Date | null;
  @Column('timestamptz') created_at!: Date;
  @Column('timestamptz') updated_at!: Date;
  @Column('boolean') listed!: boolean;
  @Column('boolean') deleted!: boolean;
  @Column('timestamptz', { nullable: true }) next_check_at!: Date | null;
  @Column('jsonb', { select: false }) fold!: SessionRecord;
}

@Entity('session_counts')
export class SessionCountsRow {
  @PrimaryColumn('uuid') session_id!: string;
  @Column('bigint', { transformer: counter }) version!: number;
  @Column('integer') viewer_count!: number;
  @Column('timestamptz') viewer_count_at!: Date;
  @Column('integer') max_viewers!: number;
  @Column('timestamptz') max_viewers_at!: Date;
}

@Entity('reference_data')
export class ReferenceRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { nullable: true }) kind!: 'room' | 'host' | 'preset' | null;
  @Column('bigint', { transformer: counter }) version!: number;
  @Column('jsonb', { nullable: true }) state!: Record<string, unknown> | null;
}
