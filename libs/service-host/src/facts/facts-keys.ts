/** Where processes say their facts in Redis, in the slot of the projection. Whoever cleans the projection leaves them alone. */
export function factsKeys(tag: string) {
  const index = `{${tag}}:facts`;
  return {
    /** The keys of all who have said theirs lately, by when. */
    index,
    of: (service: string, instance: string) => `${index}:${service}:${instance}`,
  };
}
