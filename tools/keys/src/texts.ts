import type { ApiKey } from '#libs/session-store';
import { columns, printable } from '#tools/terminal';

type Made = Pick<ApiKey, 'name' | 'scopes' | 'sources'>;

export function createdText(id: string, text: string, { name, scopes, sources }: Made): string {
  return `${text}

  is the key of ${name}, and is shown only now. Send it as X-API-Key.
  id       ${id}
  scopes   ${scopes.join(', ')}
  sources  ${sourcesText(sources)}
`;
}

export function listText(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return 'there are no keys yet; `create` makes one\n';
  const rows = keys.map((key) => [
    key.id,
    key.revoked_at ? `revoked ${key.revoked_at.toISOString()}` : 'in force',
    key.created_at.toISOString(),
    key.scopes.join(','),
    sourcesText(key.sources),
    printable(key.name),
  ]);
  return columns([['ID', 'STATE', 'CREATED', 'SCOPES', 'SOURCES', 'NAME'], ...rows]);
}

function sourcesText(sources: readonly string[] | null): string {
  return sources === null ? 'every one' : printable(sources.join(','));
}
