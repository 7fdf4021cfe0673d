import { type RestAnswer, askRest } from './rest';

/** What became of the event at a place of Kafka: `GET /events/{topic}/{partition}/{offset}`. */
export type EventPlace =
  | { state: 'unseen' | 'passed' | 'forgotten' | 'gap' }
  | {
      state: 'recorded';
      did: 'applied' | 'late' | 'older' | 'duplicate' | 'deleted';
      version: number | null;
      projected: boolean | null;
    }
  | { state: 'quarantined'; quarantine: { reason: string; error: string | null } };

/** Where an event lies, as `POST /events` answers it. */
export interface Place {
  topic: string;
  partition: number;
  offset: string;
}

export function askEventPlace(
  { topic, partition, offset }: Place,
  signal: AbortSignal,
): Promise<RestAnswer<EventPlace>> {
  return askRest<EventPlace>(`/events/${topic}/${partition}/${offset}`, { signal });
}
