import type { DataSource } from 'typeorm';

/**
 * The sessions at which it is time to look, the longest due first, in the order of their ids; not those with a lease
 * longer than `longestLeaseMs`. Times in epoch ms.
 */
export async function dueSessions(
  source: DataSource,
  watermark: number,
  limit: number,
  longestLeaseMs: number,
): Promise<string[]> {
  const halfLeaseMs = Number.isFinite(longestLeaseMs) ? longestLeaseMs / 2 : null;
  const rows = (await source.query(DUE, [new Date(watermark).toISOString(), limit, halfLeaseMs])) as {
    session_id: string;
  }[];
  return rows.map(({ session_id: id }) => id).sort();
}

const DUE = `
  SELECT session_id FROM session_signals
  WHERE due < $1 AND ($3::float8 IS NULL OR half_lease_ms IS NULL OR half_lease_ms <= $3)
  ORDER BY due LIMIT $2`;
