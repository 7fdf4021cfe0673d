import { saysAll, searchText } from '#libs/session';
import type { LiveInput } from './presentation';
import type { ListQuestion } from './question';

/** Whether a session's content (all but its counts) is what the question asks for. */
export type ContentMatch = (input: LiveInput) => boolean;

export function contentMatch(question: ListQuestion): ContentMatch {
  const tests = testsOf(question);
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (input) => tests.every((test) => test(input));
}

function testsOf(question: ListQuestion): ContentMatch[] {
  const { status, mode, room_id, host_id, library_id, ids, q } = question;
  return [
    among(status, ({ session }) => session.status),
    ...(ids ? [among(ids, idOf)] : []),
    ...(mode ? [among(mode, ({ session }) => session.mode)] : []),
    ...(room_id ? [among(room_id, ({ session }) => session.room_id)] : []),
    ...(host_id ? [among(host_id, ({ room }) => room?.host_id)] : []),
    ...(library_id ? [among(library_id, ({ room }) => room?.library_id)] : []),
    ...(q === null ? [] : [(input: LiveInput) => saysAll(input.folded ?? searchable(input), q)]),
  ];
}

const idOf = ({ session }: LiveInput) => session.id;

function among(values: readonly string[], read: (input: LiveInput) => string | null | undefined): ContentMatch {
  const [only] = values;
  if (values.length === 1) return (input) => read(input) === only;
  const wanted = new Set(values);
  return (input) => {
    const value = read(input);
    return typeof value === 'string' && wanted.has(value);
  };
}

/** The folded text where `q` is looked for: title, description, the room's title and the host's name. */
export function searchable(input: LiveInput | undefined): string {
  return searchText([input?.session.title, input?.session.description, input?.room?.title, input?.host?.username]);
}
