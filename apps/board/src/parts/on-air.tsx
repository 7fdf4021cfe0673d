import { onAir } from '../time/on-air';
import { useNow } from '../time/use-now';

/** How long it is on air, counting. */
export function OnAir({ startedAt }: { startedAt: string | null }) {
  return <>{onAir(startedAt, useNow() * 1000)}</>;
}
