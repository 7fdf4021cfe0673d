/** What a heartbeat says of the list's freshness. */
export interface StreamBeat {
  stale?: boolean;
  fresh_at?: number;
}

/** Reads a stream of server-sent events, by the letter of the standard as far as this stream uses it. */
export class StreamClient {
  snapshots = 0;
  /** The last heartbeat. */
  beat: StreamBeat = {};
  private rest = '';

  private constructor(private readonly closing: AbortController) {}

  static async open(url: string): Promise<StreamClient> {
    const closing = new AbortController();
    const answer = await fetch(url, { signal: closing.signal });
    if (!answer.ok || !answer.body) throw new Error(`${url}: ${answer.status}`);
    const client = new StreamClient(closing);
    const sink = new WritableStream<string>({ write: (text) => client.take(text) });
    // It ends when the test or the server closes it.
    answer.body
      .pipeThrough(new TextDecoderStream())
      .pipeTo(sink)
      .catch(() => undefined);
    return client;
  }

  close(): void {
    this.closing.abort();
  }

  private take(text: string): void {
    const events = (this.rest + text).split('\n\n');
    this.rest = events.pop() ?? '';
    for (const one of events) {
      const [, name] = /^event: ?(.*)$/m.exec(one) ?? [];
      const [, data = '{}'] = /^data: ?(.*)$/m.exec(one) ?? [];
      if (name === 'snapshot') this.snapshots += 1;
      if (name === 'heartbeat') this.beat = JSON.parse(data) as StreamBeat;
    }
  }
}
