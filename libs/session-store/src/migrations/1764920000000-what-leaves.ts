import type { MigrationInterface, QueryRunner } from 'typeorm';
import { makePartitions } from '../partitions/ensure-partitions';
import { PARTITIONED } from '../partitions/partitioned';

/**
 * Viewer history gets coarser with age: beside the buckets of ten seconds there are those of a minute and of an hour.
 * What leaves is taken away by whoever holds the maintenance post; which partitions it is at is written down.
 */
export class WhatLeaves1764920000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
    for (const one of PARTITIONED.filter(({ table }) => table === 'viewer_minutes')) {
      await makePartitions(runner, one, Date.now());
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `CREATE TABLE viewer_minutes (LIKE viewer_buckets, PRIMARY KEY (session_id, bucket)) PARTITION BY RANGE (bucket)`,
  `CREATE TABLE viewer_hours (LIKE viewer_buckets, PRIMARY KEY (session_id, bucket))`,
  // From when on there are buckets of ten seconds, and of a minute. How far ahead of now counts are history at all.
  `CREATE TABLE viewer_grains (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    tens_from timestamptz NOT NULL,
    minutes_from timestamptz NOT NULL,
    ahead interval NOT NULL,
    CHECK (minutes_from <= tens_from)
  )`,
  `INSERT INTO viewer_grains (tens_from, minutes_from, ahead) VALUES ('-infinity', '-infinity', '2 days')`,
  // Pages that were rolled up: before the partition was detached, and once more when nobody could write to it.
  `CREATE TABLE leaving_partitions (
    name text PRIMARY KEY,
    of_table text NOT NULL,
    lower_bound timestamptz NOT NULL,
    rolled_pages bigint NOT NULL DEFAULT 0,
    rolled_again_pages bigint NOT NULL DEFAULT 0
  )`,
  `CREATE TABLE maintenance_post (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    holder text NOT NULL,
    held_until timestamptz NOT NULL,
    watermark timestamptz
  )`,
];

const MERGED = `ON CONFLICT (session_id, bucket) DO UPDATE SET min = least(b.min, excluded.min), max = greatest(b.max, excluded.max)`;

const DOWN = [
  `INSERT INTO viewer_buckets AS b SELECT * FROM viewer_minutes ${MERGED}`,
  `INSERT INTO viewer_buckets AS b SELECT * FROM viewer_hours ${MERGED}`,
  `DROP TABLE viewer_minutes, viewer_hours, viewer_grains, leaving_partitions, maintenance_post`,
];
