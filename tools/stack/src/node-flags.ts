/**
 * What Node is given for a service beside its script. Ingest makes many objects that live as long as a slice: with room for
 * them among the young ones they are never moved.
 */
export function nodeFlags(service: string): string[] {
  return service === 'session-lifecycle' ? ['--max-semi-space-size=64'] : [];
}
