import { createServer } from 'node:http';
import Redis from 'ioredis';
import { Server } from 'socket.io';

interface Watch {
  ids: string[];
}

/** The usual way: a room for each session, and every change is emitted to its room as it comes. */
async function main({ PORT = '0', REDIS_URL = '', CHANNEL = '' }: NodeJS.ProcessEnv): Promise<void> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });
  server.on('connection', (socket) => {
    socket.on('watch', ({ ids }: Watch, answered: (answer: object) => void) => {
      void socket.join(ids);
      answered({ ok: true });
    });
  });
  const redis = new Redis(REDIS_URL);
  redis.on('message', (_channel: string, text: string) => {
    for (const change of JSON.parse(text) as [string, number, number][]) server.to(change[0]).emit('change', change);
  });
  await redis.subscribe(CHANNEL);
  http.listen(Number(PORT), '127.0.0.1');
}

void main(process.env);
