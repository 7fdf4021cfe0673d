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

/** The kinds of what is held to be shown, and the letter that stands for each in the log and in the scripts. */
export const LETTER_OF = { session: 's', counts: 'c', room: 'r', host: 'h', preset: 'p' } as const;
/** The hash of each kind. */
export const HASH_OF = {
  session: 'sessions',
  counts: 'counts',
  room: 'rooms',
  host: 'hosts',
  preset: 'presets',
} as const satisfies Record<HeldKind, keyof EpochKeys>;

export type HeldKind = keyof typeof LETTER_OF;
export const HELD_KINDS = Object.keys(LETTER_OF) as HeldKind[];
