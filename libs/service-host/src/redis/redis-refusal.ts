/**
 * Why a Redis refuses a command that another Redis, or the same one later, would take:
 * `replica`: it is not the master, or has just ceased to be it; `passing`: it cannot now.
 */
export type RedisRefusal = 'replica' | 'passing';

/**
 * The words of Redis 2.6 to 8 and of Valkey. Up to Redis 6 a script's error has its word in the middle:
 * "ERR Error running script (…): @user_script:12: -READONLY You can't write against a read only slave."
 */
const WORDS: Record<RedisRefusal, RegExp> = {
  replica: /\b(READONLY You can't|MASTERDOWN |UNBLOCKED |REDIRECT )/,
  passing: /\b(LOADING |BUSY |MISCONF |NOREPLICAS |OOM command|TRYAGAIN |CLUSTERDOWN )/,
};

/** null: the command itself is wrong, or the error is no answer of Redis. */
export function redisRefusal(error: unknown): RedisRefusal | null {
  for (const text of textsOf(error)) {
    if (WORDS.replica.test(text)) return 'replica';
    if (WORDS.passing.test(text)) return 'passing';
  }
  return null;
}

/** A transaction that was refused has the reasons beside its own message. */
function textsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { previousErrors } = error as Error & { previousErrors?: unknown };
  return [...(Array.isArray(previousErrors) ? previousErrors.flatMap(textsOf) : []), error.message];
}
