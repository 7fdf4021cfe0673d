/** Speaks to the admin endpoints of session-lifecycle. Rejects with what the service says is wrong. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return this.ask<T>(`${path}?${search.toString()}`, {});
  }

  async post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return this.ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  private async ask<T>(path: string, init: { method?: string; headers?: object; body?: string }): Promise<T> {
    const headers = { ...init.headers, 'x-api-key': this.key };
    const answer = await fetch(new URL(`/admin/${path}`, this.url), { ...init, headers }).catch((error: unknown) => {
      throw new Error(`session-lifecycle cannot be reached at ${this.url}`, { cause: error });
    });
    const body = (await answer.json()) as { success: true; data: T } | { success: false; error: string };
    if (body.success) return body.data;
    throw new Error(`session-lifecycle says ${answer.status}: ${body.error}`);
  }
}
