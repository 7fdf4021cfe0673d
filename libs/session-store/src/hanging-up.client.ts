import { Writable } from 'node:stream';
import { Client } from 'pg';

/**
 * A connection that hangs up when a query gets no answer in time. pg's own keeps it open and queues what comes next
 * behind the answer that never comes: in a pool it would be handed out again and again.
 */
export class HangingUpClient extends Client {
  override query = ((...given: Parameters<Client['query']>) => {
    const answer = super.query(...given) as unknown;
    if (answer instanceof Promise) answer.catch((error: unknown) => this.hangUpAfter(error));
    // A COPY.
    if (answer instanceof Writable) answer.on('error', (error) => this.hangUpAfter(error));
    return answer;
  }) as Client['query'];

  private hangUpAfter(error: unknown): void {
    if (!(error instanceof Error) || !error.message.includes('Query read timeout')) return;
    const { connection } = this as unknown as { connection: { stream: { destroy: (error: Error) => void } } };
    connection.stream.destroy(error);
  }
}
