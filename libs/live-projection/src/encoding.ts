import type { ProjectionChange } from '#libs/contracts';

/**
 * A change on its way into Redis: kind, id, version, body. In a hash it stands as `version body` (the version is read
 * without reading JSON), in the log as the field `kind id version` with the body as value.
 */
export type Encoded = [kind: string, id: string, version: string, body: string];

const KINDS = { session: 's', removed: 'x', counts: 'c', room: 'r', host: 'h', preset: 'p' } as const;
const KIND_OF = new Map(Object.entries(KINDS).map(([kind, letter]) => [letter as string, kind]));

export function encode(change: ProjectionChange): Encoded {
  return [KINDS[change.kind], change.id, String(change.version), bodyOf(change)];
}

function bodyOf(change: ProjectionChange): string {
  switch (change.kind) {
    case 'session':
      return JSON.stringify(change.session);
    case 'counts':
      return JSON.stringify(change.counts);
    case 'removed':
      return change.why;
    default:
      return change.entity === null ? '' : JSON.stringify(change.entity);
  }
}

/** What stands in a hash of one kind. Throws on what was not written by `encode`. */
export function decodeStored(letter: string, id: string, stored: string): ProjectionChange {
  const space = stored.indexOf(' ');
  return decode(letter, id, stored.slice(0, space), stored.slice(space + 1));
}

/** The fields of a log entry: name and value in turn. */
export function decodeEntry(fields: readonly string[]): ProjectionChange[] {
  const changes: ProjectionChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [letter = '', id = '', version = ''] = (fields[at] ?? '').split(' ');
    changes.push(decode(letter, id, version, fields[at + 1] ?? ''));
  }
  return changes;
}

function decode(letter: string, id: string, versionText: string, body: string): ProjectionChange {
  const kind = KIND_OF.get(letter);
  const version = Number(versionText);
  if (kind === undefined || id === '' || !Number.isSafeInteger(version)) {
    throw new Error(`the projection holds something unknown: ${letter} ${id} ${versionText}`.slice(0, 200));
  }
  const value: unknown = kind === 'removed' ? body : body === '' ? null : JSON.parse(body);
  if (kind === 'session') return { kind, id, version, session: value } as ProjectionChange;
  if (kind === 'counts') return { kind, id, version, counts: value } as ProjectionChange;
  if (kind === 'removed') return { kind, id, version, why: value } as ProjectionChange;
  return { kind, id, version, entity: value } as ProjectionChange;
}
