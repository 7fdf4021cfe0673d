import { randomUUID } from 'node:crypto';
import { LiveClient } from '../given/live-client';
import { type Dependencies, Marquee } from '../given/marquee';
import { ForeignProducer, event } from '../given/producer';

export interface Shown {
  id: string;
  [field: string]: unknown;
}
export interface Answer {
  status: number;
  text: string;
  data: { sessions: Shown[]; total: number; next_cursor: string | null } & Record<string, unknown>;
}
type Topic = Parameters<ForeignProducer['send']>[0];

/** A whole Marquee, somebody who sends to it, and somebody who asks it. */
export class GivenComplaint {
  private readonly clients: LiveClient[] = [];

  private constructor(
    readonly marquee: Marquee,
    private readonly producer: ForeignProducer,
  ) {}

  static async on(dependencies: Dependencies): Promise<GivenComplaint> {
    const marquee = await Marquee.on(dependencies, {
      REQUESTS_PER_MINUTE: '0',
      KAFKA_PARTITIONS_SESSIONS: '3',
      KAFKA_PARTITIONS_VIEWERS: '3',
      KAFKA_PARTITIONS_DIRECTORY: '1',
    });
    const given = new GivenComplaint(marquee, new ForeignProducer(marquee));
    try {
      await marquee.start();
      await given.producer.connect();
      return given;
    } catch (error) {
      await given.close();
      throw error;
    }
  }

  /** Somebody who follows a list by socket, until `closeClients`. */
  client(query: object, { url } = this.marquee.gateway): LiveClient {
    const client = new LiveClient(url, query);
    this.clients.push(client);
    return client;
  }

  closeClients(): void {
    for (const client of this.clients.splice(0)) client.close();
  }

  async close(): Promise<void> {
    this.closeClients();
    await this.producer.close();
    await this.marquee.close();
  }

  send(topic: Topic, ...events: object[]): Promise<void> {
    return this.producer.send(topic, ...events);
  }

  /** Starts `ids.length` sessions with the same data. */
  start(ids: readonly string[], data: object): Promise<void> {
    return this.send('sessions', ...ids.map((id) => event('session.started.v1', id, data)));
  }

  count(...counts: [id: string, viewers: number][]): Promise<void> {
    const events = counts.map(([id, viewers]) => event('viewers.counted.v1', id, { viewer_count: viewers }));
    return this.send('viewers', ...events);
  }

  async ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.marquee.query.url}${path}`, { headers });
    const text = await answer.text();
    return { status: answer.status, text, data: (JSON.parse(text) as { data: Answer['data'] }).data };
  }

  async session(id: string): Promise<Shown> {
    const { status, data } = await this.ask(`/sessions/${id}`);
    expect(status).toBe(200);
    return data as unknown as Shown;
  }

  /** The first event of a stream, as text. */
  async streamed(path: string): Promise<string> {
    const over = new AbortController();
    const answer = await fetch(`${this.marquee.query.url}${path}`, { signal: over.signal });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (/event: snapshot[^]*\n\n/.test(text)) break;
    }
    over.abort();
    return text;
  }
}

export const newIds = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
