import { eventPlaceParams } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import type { z } from 'zod';
import { readNoParameters } from '../http/read-parameters';

/** A place in Kafka. */
export type Place = z.output<typeof eventPlaceParams>;

/** Reads `/events/{topic}/{partition}/{offset}`. Throws a Refusal: 404 where no topic of Marquee can have that name. */
export function readPlaceRequest(target: string, params: unknown): Place {
  readNoParameters(target);
  const { topic } = params as { topic?: unknown };
  if (!eventPlaceParams.shape.topic.safeParse(topic).success) {
    throw new Refusal(404, 'not_found', 'no events are taken from a topic of that name');
  }
  return parseOrRefuse(eventPlaceParams, params);
}
