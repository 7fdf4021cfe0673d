/**
 * Asks a dependency; after a failure, for `restMs`, every call fails at once with the same error. So a crowd that comes
 * while it is away costs one try in that time, not one each.
 */
export function resting<A extends unknown[], T>(
  restMs: number,
  ask: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let failure: { at: number; error: unknown } | undefined;
  return async (...args) => {
    const now = performance.now();
    if (failure && now - failure.at < restMs) throw failure.error;
    try {
      const answer = await ask(...args);
      failure = undefined;
      return answer;
    } catch (error) {
      failure = { at: performance.now(), error };
      throw error;
    }
  };
}
