/** Tries again until `look` gives something other than undefined; throws with the last reason after `withinMs`. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, withinMs = 90_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown = 'nothing yet';
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** As `eventually`, for an expectation: waits until it stops throwing. */
export async function eventuallyPasses(
  what: string,
  expectation: () => Promise<void>,
  withinMs?: number,
): Promise<void> {
  await eventually(
    what,
    async () => {
      await expectation();
      return true;
    },
    withinMs,
  );
}
