import type { Caller } from '#libs/service-host';
import { ApiKeys, createDataSource } from '#libs/session-store';

/** Whose key it is, by a pool of its own: a crowd at the door takes no connection from what records. */
export class KeyHolders {
  private readonly source;
  private readonly keys: ApiKeys;
  private connecting: Promise<unknown> | undefined;

  constructor(databaseUrl: string) {
    this.source = createDataSource({ url: databaseUrl, name: 'session-lifecycle door', poolSize: 2 });
    this.keys = new ApiKeys(this.source);
  }

  /** undefined: nobody's. Rejects while that cannot be known. */
  async find(key: string): Promise<Caller | undefined> {
    await this.connected();
    const found = await this.keys.find(key);
    return found && { id: found.id, scopes: new Set(found.scopes), sources: found.sources, until: null };
  }

  async close(): Promise<void> {
    await this.connecting?.catch(() => undefined);
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async connected(): Promise<void> {
    if (this.source.isInitialized) return;
    this.connecting ??= this.source.initialize().finally(() => {
      this.connecting = undefined;
    });
    await this.connecting;
  }
}
