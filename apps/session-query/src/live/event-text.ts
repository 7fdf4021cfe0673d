import type { Sent } from '#libs/live-list';

/** A frame as a server-sent event. Those that say where the list is carry it as their id, for `Last-Event-ID`. */
export function eventText({ event, frame }: Sent): string {
  const id = 'epoch' in frame ? `id: ${frame.epoch}.${frame.seq}\n` : '';
  return `event: ${event}\n${id}data: ${JSON.stringify(frame)}\n\n`;
}
