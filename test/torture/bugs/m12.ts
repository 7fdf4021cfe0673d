import { replace } from './mend';

/** Buckets are sums: a count that comes twice counts twice. */
replace(
  'libs/session-store/src/slice/record-counts.js',
  'recordCounts',
  (original) =>
    async function (...given) {
      const [runner, counts] = given as unknown as [
        { query: (text: string, values: unknown[]) => Promise<unknown> },
        { subject: string; at: number; viewer_count: number }[],
      ];
      const ids = await original.apply(this, given);
      for (const { subject, at, viewer_count: count } of counts) {
        const bucket = new Date(Math.floor(at / 10_000_000) * 10_000).toISOString();
        await runner.query('UPDATE viewer_buckets SET max = max + $3 WHERE session_id = $1 AND bucket = $2', [
          subject,
          bucket,
          count,
        ]);
      }
      return ids;
    },
);
