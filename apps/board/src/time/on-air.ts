/**
 * How long a session is on air, as `4:05` or `1:04:05`; an en dash where it has no start. `startedAt` is RFC 3339,
 * `nowMs` epoch ms. A start in the future counts as now.
 */
export function onAir(startedAt: string | null, nowMs: number): string {
  if (startedAt === null) return '–';
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(startedAt)) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
