/** What the group's coordinator says when this member has to join again: kafkajs does so, if it gets them unwrapped. */
const JOIN_AGAIN = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

export function isGroupError(error: unknown): boolean {
  const { type } = (error ?? {}) as { type?: unknown };
  return typeof type === 'string' && JOIN_AGAIN.has(type);
}
