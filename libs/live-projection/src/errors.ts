/** Redis holds no projection to write to, not the one meant, or a damaged one: a rebuild is due. */
export class ProjectionLost extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the projection is lost: ${reason}`, options);
    this.name = 'ProjectionLost';
  }
}

/** A rebuild began to read after the changes were read: they are to be read again. */
export class ReadTooEarly extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the changes are too old: ${reason}`, options);
    this.name = 'ReadTooEarly';
  }
}

/** Redis cannot be reached or does not take writes now. */
export class ProjectionAway extends Error {
  constructor(cause: unknown) {
    super(`Redis is away: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ProjectionAway';
  }
}

/** What a script refused in its own words, or found damaged; else that Redis is away. */
export function classified(error: unknown): Error {
  if (error instanceof ProjectionLost || error instanceof ReadTooEarly || error instanceof ProjectionAway) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/\bSTALE /.test(message)) return new ReadTooEarly(message, { cause: error });
  // A Redis Cluster says MOVED as well: these words are the scripts' alone.
  if (/\b(LOST|FENCED|OLD) |WRONGTYPE/.test(message)) return new ProjectionLost(message, { cause: error });
  return new ProjectionAway(error);
}
