/** A dependency does not answer. Somebody decides by it: the rest is looked at, and the exit code is 2. */
export class CouldNotLook extends Error {
  constructor(
    readonly what: string,
    why: string,
    /** For a person. */
    todo: string,
    options?: ErrorOptions,
  ) {
    super(`${why}; ${todo}`, options);
    this.name = 'CouldNotLook';
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
