/**
 * The keys of one projection, all under one hash tag, so that they stand in one slot of a Redis Cluster. State and log
 * belong to an epoch; `meta` says which one is current.
 */
export function keysOf(tag: string) {
  const prefix = `{${tag}}:`;
  return {
    prefix,
    meta: `${prefix}meta`,
    lock: `${prefix}rebuild-lock`,
    turn: (at: string) => `${prefix}turn-${at}`,
    of: (epoch: number) => ({
      sessions: `${prefix}${epoch}:sessions`,
      counts: `${prefix}${epoch}:counts`,
      rooms: `${prefix}${epoch}:rooms`,
      hosts: `${prefix}${epoch}:hosts`,
      presets: `${prefix}${epoch}:presets`,
      removed: `${prefix}${epoch}:removed`,
      removedAt: `${prefix}${epoch}:removed-at`,
      log: `${prefix}${epoch}:log`,
    }),
  };
}

export type Keys = ReturnType<typeof keysOf>;
export type EpochKeys = ReturnType<Keys['of']>;

/** The hashes that hold what is shown, each with the letter of its kind. */
export const HELD = { s: 'sessions', c: 'counts', r: 'rooms', h: 'hosts', p: 'presets' } as const;
export type HeldLetter = keyof typeof HELD;
