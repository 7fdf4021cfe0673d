import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import { digestOf, idInKey, newKeyText } from './key-text';

export interface ApiKey {
  id: string;
  /** For people: whose it is. */
  name: string;
  scopes: Scope[];
  /** The `source` values of events that it may send; null: every one. */
  sources: string[] | null;
  created_at: Date;
  revoked_at: Date | null;
}

const COLUMNS = 'id, name, scopes, sources, created_at, revoked_at';

/** The keys of callers: only their digests are kept. */
export class ApiKeys {
  constructor(private readonly source: DataSource) {}

  /** Makes a key. Its text is given here and never again. */
  async create(made: Pick<ApiKey, 'name' | 'scopes' | 'sources'>): Promise<{ id: string; text: string }> {
    const { id, text } = newKeyText();
    await this.source.query(`INSERT INTO api_keys (id, name, digest, scopes, sources) VALUES ($1, $2, $3, $4, $5)`, [
      id,
      made.name,
      digestOf(text),
      made.scopes,
      made.sources,
    ]);
    return { id, text };
  }

  /** All keys, the revoked ones too, the newest first. */
  async list(): Promise<ApiKey[]> {
    return (await this.source.query(`SELECT ${COLUMNS} FROM api_keys ORDER BY created_at DESC, id`)) as ApiKey[];
  }

  /** Ends a key for good. False: there is no such key in force. */
  async revoke(id: string): Promise<boolean> {
    const [, revoked] = (await this.source.query(
      `UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL`,
      [id],
    )) as [unknown[], number];
    return revoked === 1;
  }

  async isRevoked(id: string): Promise<boolean> {
    const rows = (await this.source.query(`SELECT FROM api_keys WHERE id = $1 AND revoked_at IS NOT NULL`, [
      id,
    ])) as unknown[];
    return rows.length === 1;
  }

  /** The key in force with this text, or undefined. */
  async find(text: string): Promise<ApiKey | undefined> {
    const id = idInKey(text);
    if (id === undefined) return undefined;
    const [row] = (await this.source.query(
      `SELECT ${COLUMNS}, digest FROM api_keys WHERE id = $1 AND revoked_at IS NULL`,
      [id],
    )) as (ApiKey & { digest: Buffer })[];
    if (!row || !timingSafeEqual(row.digest, digestOf(text))) return undefined;
    const { digest: _digest, ...key } = row;
    return key;
  }
}
