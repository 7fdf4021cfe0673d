import type { ProjectionChange } from '#libs/contracts';
import { LETTER_OF } from './keys';

/**
 * A change on its way into Redis: kind, id, version, the session's version with which a count was read, body. In a hash
 * it stands as `version body` (the version is read without reading JSON), in the log as the field `kind id version` with
 * the body as value.
 */
export type Encoded = [kind: string, id: string, version: string, readWith: string, body: string];

const KINDS = { ...LETTER_OF, removed: 'x' } as const;
const KIND_OF = new Map(Object.entries(KINDS).map(([kind, letter]) => [letter as string, kind]));

export function encode(change: ProjectionChange): Encoded {
  const readWith = change.kind === 'counts' ? String(change.session_version ?? '') : '';
  return [KINDS[change.kind], change.id, String(change.version), readWith, bodyOf(change)];
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
  if (kind === undefined || id === '' || versionText === '' || !Number.isSafeInteger(version)) {
    throw new Unreadable(letter, id, 'it is something unknown');
  }
  if (kind === 'removed') return { kind, id, version, why: body } as ProjectionChange;
  const value = parsed(letter, id, body);
  if (kind === 'session' || kind === 'counts') {
    if (value?.version !== version)
      throw new Unreadable(letter, id, `it says version ${String(value?.version)} of itself`);
    return { kind, id, version, [kind]: value } as ProjectionChange;
  }
  return { kind, id, version, entity: value } as ProjectionChange;
}

function parsed(letter: string, id: string, body: string): { version?: unknown } | null {
  if (body === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new Unreadable(letter, id, 'it is not JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new Unreadable(letter, id, 'it is no object');
  return value;
}

/** Something stands in the projection that the writer did not write. */
export class Unreadable extends Error {
  constructor(letter: string, id: string, why: string, options?: ErrorOptions) {
    super(`an entry of the projection cannot be read: ${letter} ${id}: ${why}`.slice(0, 300), options);
    this.name = 'Unreadable';
  }
}
