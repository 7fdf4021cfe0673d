/** An answer, or a loss of the connection on the way. */
export type Scripted = { status: number; body: unknown; headers?: Record<string, string> } | 'lost';

/** A server that answers as it is told, in order; the last answer for ever. */
export class ScriptedFetch {
  readonly requests: { url: URL; headers: Headers; body: string | undefined }[] = [];
  private readonly answers: Scripted[];

  constructor(...answers: Scripted[]) {
    this.answers = answers;
  }

  readonly fetch: typeof fetch = async (url, init = {}) => {
    init.signal?.throwIfAborted();
    const body = typeof init.body === 'string' ? init.body : undefined;
    this.requests.push({
      url: new URL(url instanceof Request ? url.url : url),
      headers: new Headers(init.headers),
      body,
    });
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    if (!answer || answer === 'lost') throw new TypeError('fetch failed');
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    return new Response(text, { status: answer.status, headers: answer.headers ?? {} });
  };
}

export const refusal = (
  status: number,
  code: string,
  details: { parameter: string; message: string }[] = [],
  headers: Record<string, string> = {},
): Scripted => ({ status, headers, body: { success: false, code, error: `it is ${code}`, details, timestamp: 1 } });
