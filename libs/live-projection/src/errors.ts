/** Redis holds no projection to write to, or not the one meant: a rebuild is due. */
export class ProjectionLost extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the projection is lost: ${reason}`, options);
    this.name = 'ProjectionLost';
  }
}

/** Redis cannot be reached or does not take writes now. */
export class ProjectionAway extends Error {
  constructor(cause: unknown) {
    super(`Redis is away: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ProjectionAway';
  }
}

/** Redis' own word for what a script refused, else that it is away. */
export function classified(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (/\b(LOST|MOVED|OLD)\b/.test(message)) return new ProjectionLost(message, { cause: error });
  return new ProjectionAway(error);
}
