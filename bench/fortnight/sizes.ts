import type { DataSource } from 'typeorm';
import { PARTS, type Part } from './capacity';

export type Sizes = Record<Part | 'others', number>;

/** Bytes on disk with indices and all partitions; what is detached and not dropped yet is among the others. */
export async function sizesOf(source: DataSource): Promise<Sizes> {
  const rows = (await source.query(
    `SELECT coalesce(p.relname, c.relname) AS table, sum(pg_total_relation_size(c.oid))::float8 AS bytes
     FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1`,
  )) as { table: string; bytes: number }[];
  const sizes: Sizes = { inbox: 0, 'session log': 0, 'ten seconds': 0, minutes: 0, hours: 0, sessions: 0, others: 0 };
  for (const { table, bytes } of rows) sizes[partOf(table)] += bytes;
  return sizes;
}

function partOf(table: string): Part | 'others' {
  const found = Object.entries(PARTS).find(([, tables]) => (tables as readonly string[]).includes(table));
  return (found?.[0] as Part | undefined) ?? 'others';
}

export function sizesText(sizes: Sizes): string {
  return Object.entries(sizes)
    .map(([part, bytes]) => `${part} ${(bytes / 1e6).toFixed(1)} MB`)
    .join(', ');
}
