import type { ProjectionChange } from '#libs/contracts';
import type { DerivedSession } from '../folds/derive-held';

/** What the projection is to be told of a session; null: nothing, it was never listed. */
export function changeOf({ id, version, content }: DerivedSession): ProjectionChange | null {
  const { listed, deleted, ...shown } = content;
  if (deleted) return { kind: 'removed', id, version, why: 'deleted' };
  if (shown.status === 'ended' || shown.status === 'expired')
    return { kind: 'removed', id, version, why: shown.status };
  return listed ? { kind: 'session', id, version, session: { ...shown, version } } : null;
}

/** It may have come into the projection by this change, where its counts are not yet. */
export function mayHaveOpened({ changed, content }: DerivedSession): boolean {
  return changed && content.listed && (content.status === 'live' || content.status === 'scheduled');
}
