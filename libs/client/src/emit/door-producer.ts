import type { ErrorDetail, SentEventsAnswer } from '#libs/contracts';
import { addressOf } from '../http/address';
import type { Http } from '../http/http';
import { MarqueeError } from '../http/marquee-error';
import { EmitError, type RefusedEvent } from './emit-error';
import type { Emitted } from './emitted';
import type { CloudEvent } from './event';
import { type Portion, portionsOf } from './portions';

/** Sends events to `POST /events`. A request that is tried again carries the same events with the same ids. */
export class DoorProducer {
  private readonly url: URL;

  constructor(
    private readonly http: Http,
    address: string,
  ) {
    this.url = addressOf(address, '/events');
  }

  /** Resolves in the order given, once all are acknowledged. Each request of up to 1000 is taken whole or not at all. */
  async send(events: readonly CloudEvent[], signal?: AbortSignal): Promise<Emitted[]> {
    const emitted: Emitted[] = [];
    for (const portion of portionsOf(events)) {
      try {
        emitted.push(...(await this.sendPortion(portion, signal)));
      } catch (error) {
        if (!(error instanceof MarqueeError)) throw error;
        const unsent = events.slice(portion.from);
        throw new EmitError(error, { emitted, unsent, refused: refusedOf(portion, error.details) });
      }
    }
    return emitted;
  }

  private async sendPortion({ events, body }: Portion, signal?: AbortSignal): Promise<Emitted[]> {
    const contentType = 'application/cloudevents-batch+json';
    const answer = await this.http.request(this.url, { method: 'POST', body, contentType, signal });
    const { accepted } = (answer as SentEventsAnswer).data;
    return accepted.flatMap(({ index, topic, partition, offset }) => {
      const event = events[index];
      return event ? [{ event, topic, partition, offset }] : [];
    });
  }
}

/** `3.data.title` is the place `data.title` in the fourth event of the request. */
function refusedOf({ from, events }: Portion, details: readonly ErrorDetail[]): RefusedEvent[] {
  const problems = new Map<number, ErrorDetail[]>();
  for (const { parameter, message } of details) {
    const [, digits, place = ''] = /^(\d+)(?:\.(.*))?$/.exec(parameter) ?? [];
    if (digits === undefined) continue;
    const index = Number(digits);
    problems.set(index, [...(problems.get(index) ?? []), { parameter: place || '(whole)', message }]);
  }
  return [...problems].flatMap(([index, own]) => {
    const event = events[index];
    return event ? [{ index: from + index, event, problems: own }] : [];
  });
}
