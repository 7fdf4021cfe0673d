import type { LiveServer } from './live-socket';

const SLICES = 30;
const SLICE_AT_LEAST = 250;
const SLICE_EVERY_MS = 100;
const COME_BACK_WITHIN_MS = 2000;

/** Says goodbye to all, spread over at most three seconds, each told to come back at another moment. */
export async function sayGoodbye(server: LiveServer): Promise<void> {
  const sockets = [...server.sockets.sockets.values()];
  const size = Math.max(SLICE_AT_LEAST, Math.ceil(sockets.length / SLICES));
  for (let start = 0; start < sockets.length; start += size) {
    for (const socket of sockets.slice(start, start + size)) {
      socket.emit('bye', { reason: 'shutdown', retry_after_ms: Math.round(Math.random() * COME_BACK_WITHIN_MS) });
      socket.disconnect(true);
    }
    if (start + size < sockets.length) await new Promise((resolve) => setTimeout(resolve, SLICE_EVERY_MS));
  }
}
