import { createServer } from 'node:http';
import Redis from 'ioredis';
import { Server } from 'socket.io';

const ROOM = 'sessions';

/** The usual way: every change is emitted to a room as it comes. */
async function main({ PORT = '0', REDIS_URL = '', CHANNEL = '' }: NodeJS.ProcessEnv): Promise<void> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });
  server.on('connection', (socket) => void socket.join(ROOM));
  const redis = new Redis(REDIS_URL);
  redis.on('message', (_channel: string, text: string) => server.to(ROOM).emit('change', JSON.parse(text)));
  await redis.subscribe(CHANNEL);
  http.listen(Number(PORT), '127.0.0.1');
}

void main(process.env);
